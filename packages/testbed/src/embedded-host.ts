import { encodeReg } from '@ratchet/windows';
import { startEmbeddedHost } from './embedded/index.js';
import { parseRegFile } from './embedded/reg-file.js';
import type { LogEntry } from './log-entry.js';
import type { HostStart, RunningHost } from './running-host.js';

const writesOf = (text: string) => parseRegFile(Buffer.from(`\uFEFF${text}`, 'utf16le'));

/** Starts a host of the embedded kind as a testbed runs it: the same seed, the same keys, the same snapshot. */
export const startEmbeddedTestHost = async (start: HostStart): Promise<RunningHost> => {
  const host = await startEmbeddedHost({
    name: start.name,
    hostKey: start.hostKey,
    authorizedKeys: [start.clientPublicKey],
    user: EMBEDDED_USER,
    otherUsers: start.otherUsers,
    shell: start.shell,
    registry: writesOf(start.seedText(0)),
  });
  return {
    name: host.name,
    port: host.port,
    user: EMBEDDED_USER,
    get reboots() {
      return host.reboots;
    },
    log: async (): Promise<LogEntry[]> => [...host.log],
    exportTexts: async (keys) =>
      keys.map((key) => encodeReg(host.snapshotWrites().filter((write) => isUnder(key, write.path)))),
    reboot: () => host.reboot(),
    stop: () => host.stop(),
  };
};

const isUnder = (key: string, path: string): boolean => {
  const [folded, above] = [path.toLowerCase(), key.toLowerCase()];
  return folded === above || folded.startsWith(`${above}\\`);
};

const EMBEDDED_USER = 'admin';
