import { readdir, readFile, rm } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { present } from './cache.js';
import { descendantsOf, kill, lives, processesWith, serversOf } from './processes.js';
import { removeTree } from './remove-tree.js';

/** The prefixes of hosts whose supervisor is dead, by the host's folder; a prefix's name begins with the supervisor's id. */
const abandoned = async (dir: string): Promise<Map<string, string>> => {
  const hosts = join(resolve(dir), 'hosts');
  const found = new Map<string, string>();
  for (const name of await readdir(hosts).catch(() => [])) {
    const folder = join(hosts, name);
    const prefix = await readFile(join(folder, 'prefix'), 'utf8').catch(() => '');
    const supervisor = Number(/^(\d+)-/.exec(basename(prefix))?.[1]);
    if (supervisor > 0 && !(await lives(supervisor))) found.set(folder, prefix);
  }
  return found;
};

const endHost = async (folder: string, prefix: string): Promise<void> => {
  for (const server of await serversOf(join(folder, 'sshd_config'))) {
    const sessions = await descendantsOf(server);
    kill(server);
    for (const pid of sessions) kill(pid);
  }
  for (const pid of await processesWith(`WINEPREFIX=${prefix}`)) kill(pid);
  // Only what looks like a host's prefix is removed, whatever the file says.
  if (await present(join(prefix, 'jail'))) await removeTree(prefix);
  await rm(join(folder, 'prefix'), { force: true });
};

/** Ends the wine hosts of a testbed's folder whose supervisor was killed. Resolves to how many there were. */
export const endAbandonedHosts = async (dir: string): Promise<number> => {
  const hosts = await abandoned(dir);
  for (const [folder, prefix] of hosts) await endHost(folder, prefix);
  return hosts.size;
};
