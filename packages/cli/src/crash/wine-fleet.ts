import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { upHosts } from '@ratchet/testbed';
import { decodeReg, regBytes } from '@ratchet/windows';
import { type Fleet, madeFolder, valuesIn } from './fleet.js';
import { SCENARIO_KEY } from './scenario.js';

/** Hosts whose files and sessions can be got at from outside. */
export interface WineFleet extends Fleet {
  /** The folder that is the host's drive C. */
  drive(host: string): Promise<string>;
  /** The host's own folder in the test bed. */
  folder(host: string): string;
  /** Restarts a host as somebody else would. */
  restart(host: string): Promise<void>;
}

/** Starts wine hosts: real Windows commands behind a real OpenSSH server. */
export const wineFleet = async (
  folder: string,
  count: number,
  options: { readonly otherUsers?: readonly string[] } = {},
): Promise<WineFleet> => {
  const testbed = await upHosts({ ...options, kind: 'wine', dir: join(folder, 'hosts'), hosts: count });
  const own = (name: string): string => join(testbed.dir, 'hosts', name);
  const drive = async (name: string): Promise<string> =>
    join((await readFile(join(own(name), 'prefix'), 'utf8')).trim(), 'jail', 'C:');
  return {
    drive,
    folder: own,
    restart: (name) => testbed.reboot(name),
    inventory: testbed.inventoryPath,
    knownHosts: join(testbed.dir, 'known_hosts'),
    port: (name) => testbed.hosts.find((host) => host.name === name)?.port ?? 0,
    commands: async (name) => (await testbed.log(name)).filter(({ op }) => op === 'exec').length,
    names: testbed.hosts.map(({ name }) => name),
    reboots: (name) => testbed.reboots(name),
    values: async (name) => valuesIn(decodeReg(regBytes(await testbed.snapshot(name, SCENARIO_KEY)))),
    ran: async (name, text) => madeFolder(await testbed.log(name), text),
    isLocked: async (name) => existsSync(join(await drive(name), 'ProgramData', 'Ratchet', 'lock.json')),
    refused: async () => [],
    stop: () => testbed.stop(),
  };
};
