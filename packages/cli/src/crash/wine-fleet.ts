import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { upHosts } from '@ratchet/testbed';
import { decodeReg, regBytes } from '@ratchet/windows';
import { type Fleet, madeFolder, valuesIn } from './fleet.js';
import { SCENARIO_KEY } from './scenario.js';

/** Starts wine hosts: real Windows commands behind a real OpenSSH server. */
export const wineFleet = async (
  folder: string,
  count: number,
  options: { readonly otherUsers?: readonly string[] } = {},
): Promise<Fleet> => {
  const testbed = await upHosts({ ...options, kind: 'wine', dir: join(folder, 'hosts'), hosts: count });
  return {
    inventory: testbed.inventoryPath,
    knownHosts: join(testbed.dir, 'known_hosts'),
    port: (name) => testbed.hosts.find((host) => host.name === name)?.port ?? 0,
    commands: async (name) => (await testbed.log(name)).filter(({ op }) => op === 'exec').length,
    names: testbed.hosts.map(({ name }) => name),
    reboots: (name) => testbed.reboots(name),
    values: async (name) => valuesIn(decodeReg(regBytes(await testbed.snapshot(name, SCENARIO_KEY)))),
    ran: async (name, text) => madeFolder(await testbed.log(name), text),
    isLocked: async (name) => {
      const prefix = (await readFile(join(testbed.dir, 'hosts', name, 'prefix'), 'utf8')).trim();
      return existsSync(join(prefix, 'drive_c', 'ProgramData', 'Ratchet', 'lock.json'));
    },
    refused: async () => [],
    stop: () => testbed.stop(),
  };
};
