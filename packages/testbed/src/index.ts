export * from './embedded/index.js';
export type { LogEntry } from './log-entry.js';
export {
  type Arch,
  identityWrites,
  PREREQUISITES,
  type Prerequisite,
  prerequisiteWrites,
  type SeedOptions,
  seedWrites,
} from './seed/seed.js';
export { OS_NAMES, type OsName } from './seed/windows-version.js';
export { showExclusions, snapshotExclusions } from './snapshot/exclusions.js';
export { type Exclusions, snapshotText } from './snapshot/text.js';
export { type Testbed, type UpOptions, upHosts } from './testbed.js';
export { powershellLack } from './wine/powershell.js';
export { FIRST_ON_PATH, SFTP_REFUSED } from './wine/server.js';
