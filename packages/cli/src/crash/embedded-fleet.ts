import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type EmbeddedHost, seedWrites, startEmbeddedHost } from '@ratchet/testbed';

const PASSWORD = 'crash-matrix-9';

/** Hosts that the matrix crashes against, as it needs them. */
export interface Fleet {
  readonly inventory: string;
  readonly names: readonly string[];
  reboots(host: string): number;
  /** `path|name` to data as text. */
  values(host: string): Readonly<Record<string, string>>;
  /** How often a command with this text in it reached the host. */
  ran(host: string, text: string): number;
  /** Commands that a host did not understand: they would make every other answer worthless. */
  refused(host: string): readonly string[];
  stop(): Promise<void>;
}

const textOf = (data: object): string => {
  if ('number' in data) return String(data.number);
  return 'text' in data ? String(data.text) : JSON.stringify(data);
};

const valuesOf = (host: EmbeddedHost): Readonly<Record<string, string>> =>
  Object.fromEntries(
    host
      .snapshotWrites()
      .flatMap((write) => (write.op === 'set' ? [[`${write.path}|${write.name}`, textOf(write.data)]] : [])),
  );

/** Starts embedded hosts and writes the inventory that reaches them. */
export const embeddedFleet = async (folder: string, count: number): Promise<Fleet> => {
  const hosts = new Map<string, EmbeddedHost>();
  for (let index = 1; index <= count; index++) {
    const name = `win${index}`;
    const registry = seedWrites({ os: '2012r2', arch: 'x64', without: [], reboots: 0 });
    hosts.set(name, await startEmbeddedHost({ name, password: PASSWORD, registry, downMs: 150, secondMs: 20 }));
  }
  const known = [...hosts.values()].map((host) => `[127.0.0.1]:${host.port} ${host.hostKeyPublic}\n`);
  await writeFile(join(folder, 'known_hosts'), known.join(''));
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
    inventory,
    names: [...hosts.keys()],
    reboots: (name) => host(name).reboots,
    values: (name) => valuesOf(host(name)),
    ran: (name, text) =>
      host(name).log.filter((entry) => entry.op === 'exec' && entry.text.includes(`mkdir C:\\${text}`)).length,
    refused: (name) => host(name).log.flatMap((entry) => (entry.text.startsWith('refused:') ? [entry.text] : [])),
    stop: async () => void (await Promise.all([...hosts.values()].map((one) => one.stop()))),
  };
};
