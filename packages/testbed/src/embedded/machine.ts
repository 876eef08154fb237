import type { EmbeddedFaults } from './faults.js';
import type { MemoryFiles } from './file-system.js';
import type { MemoryRegistry } from './memory-registry.js';

/** What a host was asked. `writes` tells whether it changed the registry, files or the power state. */
export interface LogEntry {
  readonly op: 'exec' | 'sftp';
  readonly text: string;
  readonly writes: boolean;
}

/** The computer behind the SSH server: what commands and file transfers work on. */
export interface Machine {
  readonly name: string;
  readonly user: string;
  /** The user's profile folder, `C:\Users\admin`. */
  readonly home: string;
  readonly registry: MemoryRegistry;
  readonly files: MemoryFiles;
  /** Canonical, upper-cased paths of files that `reg export` made: taking them away again is no change. */
  readonly exported: Set<string>;
  readonly log: LogEntry[];
  readonly faults: EmbeddedFaults;
  readonly power: Power;
  /** What tells its boots apart, beside BootId. */
  readonly boot: Boot;
}

/** The boot of a machine: which sources tell it, how many there were, and when it was (milliseconds since 1970). */
export interface Boot {
  readonly sources: readonly BootSource[];
  count: number;
  at: number;
}

export type BootSource = 'boot-id' | 'events' | 'wmic';

/** The pending restart of a machine. */
export interface Power {
  /** Restarts after this many seconds; false when one is already scheduled. */
  schedule(seconds: number): boolean;
  /** False when nothing is scheduled. */
  abort(): boolean;
}

const VERSION_KEY = 'HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion';

const majorMinor = (build: number): string => {
  if (build >= 10240) return '10.0';
  if (build >= 9600) return '6.3';
  if (build >= 9200) return '6.2';
  return build >= 7600 ? '6.1' : '6.0';
};

/** What `ver` says between its brackets, from the registry's CurrentBuild (9600 when there is none). */
export const versionText = (registry: MemoryRegistry): string => {
  const data = registry.value(VERSION_KEY, 'CurrentBuild')?.data;
  const build = data && 'text' in data ? Number(data.text) : 9600;
  return `Microsoft Windows [Version ${majorMinor(build)}.${build}]`;
};
