import { randomBytes } from 'node:crypto';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { cacheFolder, present } from './cache.js';
import { descendantsOf, kill, lives, processesWith, serversOf } from './processes.js';
import { removeTree } from './remove-tree.js';

/** In a prefix: the folder of the host that it belongs to. */
const FOLDER_FILE = 'host-folder';

/** Where the prefixes of this user's wine hosts are. */
export const prefixesFolder = (): string => join(cacheFolder(), 'hosts');

/** A new prefix's path; its name begins with the id of the process that supervises the host. One process may start two hosts of a name at once. */
export const prefixPath = (host: string): string =>
  join(prefixesFolder(), `${process.pid}-${randomBytes(5).toString('hex')}-${host}`);

/** Says, on both sides, which prefix belongs to which host's folder, so that others find them when this process is dead. */
export const tiePrefix = async (prefix: string, folder: string): Promise<void> => {
  await writeFile(join(prefix, FOLDER_FILE), folder);
  await writeFile(join(folder, 'prefix'), prefix);
};

const supervisorIsDead = async (prefix: string): Promise<boolean> => {
  const supervisor = Number(/^(\d+)-/.exec(basename(prefix))?.[1]);
  return supervisor > 0 && !(await lives(supervisor));
};

const prefixOf = async (folder: string): Promise<string> => readFile(join(folder, 'prefix'), 'utf8').catch(() => '');

/** The prefixes of hosts whose supervisor is dead, by the host's folder. */
const abandoned = async (dir: string): Promise<Map<string, string>> => {
  const hosts = join(resolve(dir), 'hosts');
  const found = new Map<string, string>();
  for (const name of await readdir(hosts).catch(() => [])) {
    const folder = join(hosts, name);
    const prefix = await prefixOf(folder);
    if (await supervisorIsDead(prefix)) found.set(folder, prefix);
  }
  return found;
};

const endServers = async (folder: string): Promise<void> => {
  for (const server of await serversOf(join(folder, 'sshd_config'))) {
    const sessions = await descendantsOf(server);
    kill(server);
    for (const pid of sessions) kill(pid);
  }
};

const endWine = async (prefix: string): Promise<void> => {
  for (const pid of await processesWith(`WINEPREFIX=${prefix}`)) kill(pid);
};

const endHost = async (folder: string, prefix: string): Promise<void> => {
  await endServers(folder);
  await endWine(prefix);
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

/** Ends all wine hosts of this user whose supervisor was killed, whatever folder they were started in. Resolves to how many there were. */
export const endAllAbandonedHosts = async (): Promise<number> => {
  let ended = 0;
  for (const name of await readdir(prefixesFolder()).catch(() => [])) {
    const prefix = join(prefixesFolder(), name);
    if (!(await supervisorIsDead(prefix))) continue;
    const folder = await readFile(join(prefix, FOLDER_FILE), 'utf8').catch(() => '');
    // Another host may be in that folder by now: its server is left alone.
    if (folder !== '' && (await prefixOf(folder)) === prefix) await endHost(folder, prefix);
    await endWine(prefix);
    await removeTree(prefix);
    ended += 1;
  }
  return ended;
};
