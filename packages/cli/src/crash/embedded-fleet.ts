import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type EmbeddedHost, type EmbeddedOptions, seedWrites, startEmbeddedHost } from '@ratchet/testbed';
import { type Fleet, madeFolder, valuesIn } from './fleet.js';

const PASSWORD = 'crash-matrix-9';

/** Embedded hosts, which may also be given faults while they run. */
export interface EmbeddedFleet extends Fleet {
  host(name: string): EmbeddedHost;
  /** Writes the keys that the hosts show now to the known_hosts file of the inventory. */
  learnKeys(): Promise<void>;
}

/** Starts embedded hosts and writes the inventory that reaches them. */
export const embeddedFleet = async (
  folder: string,
  count: number,
  options: Partial<EmbeddedOptions> = {},
): Promise<EmbeddedFleet> => {
  const hosts = new Map<string, EmbeddedHost>();
  for (let index = 1; index <= count; index++) {
    const name = `win${index}`;
    const registry = seedWrites({ os: '2012r2', arch: 'x64', without: [], reboots: 0 });
    const own = { name, password: PASSWORD, registry, downMs: 150, secondMs: 20, ...options, faults: {} };
    hosts.set(name, await startEmbeddedHost(own));
  }
  const learnKeys = async (): Promise<void> => {
    const known = [...hosts.values()].map((host) => `[127.0.0.1]:${host.port} ${host.hostKeyPublic}\n`);
    await writeFile(join(folder, 'known_hosts'), known.join(''));
  };
  await learnKeys();
  const vars = (host: EmbeddedHost) => ({
    ansible_host: '127.0.0.1',
    ansible_port: host.port,
    ansible_user: host.user,
    ansible_password: PASSWORD,
    ratchet_known_hosts: join(folder, 'known_hosts'),
  });
  const all = { hosts: Object.fromEntries([...hosts].map(([name, host]) => [name, vars(host)])) };
  const inventory = join(folder, 'inventory.yml');
  await writeFile(inventory, JSON.stringify({ all }));
  const host = (name: string): EmbeddedHost => hosts.get(name) as EmbeddedHost;
  return {
    host,
    learnKeys,
    inventory,
    knownHosts: join(folder, 'known_hosts'),
    port: (name) => host(name).port,
    commands: async (name) => host(name).log.filter(({ op }) => op === 'exec').length,
    names: [...hosts.keys()],
    reboots: (name) => host(name).reboots,
    values: async (name) => valuesIn(host(name).snapshotWrites()),
    ran: async (name, text) => madeFolder(host(name).log, text),
    isLocked: async (name) => host(name).files.entry('C:\\ProgramData\\Ratchet\\lock.json') !== undefined,
    refused: async (name) => host(name).log.flatMap((entry) => (entry.text.startsWith('refused:') ? [entry.text] : [])),
    stop: async () => void (await Promise.all([...hosts.values()].map((one) => one.stop()))),
  };
};
