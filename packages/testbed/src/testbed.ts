import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { RatchetError, type RegistryWrite } from '@ratchet/core';
import { encodeReg } from '@ratchet/windows';
import { writeConnectionFiles } from './connection-files.js';
import { parseRegFile } from './embedded/reg-file.js';
import { startEmbeddedTestHost } from './embedded-host.js';
import { type KeyPair, newKeyPair } from './keys.js';
import type { LogEntry } from './log-entry.js';
import type { RunningHost } from './running-host.js';
import { type Arch, identityWrites, type Prerequisite, seedWrites } from './seed/seed.js';
import type { OsName } from './seed/windows-version.js';
import { snapshotExclusions } from './snapshot/exclusions.js';
import { snapshotText } from './snapshot/text.js';
import { endAllAbandonedHosts } from './wine/abandoned.js';
import { startWineHost } from './wine/host.js';

export interface UpOptions {
  readonly kind: 'wine' | 'embedded';
  /** The testbed's folder; made when missing. */
  readonly dir: string;
  /** How many; default 1. */
  readonly hosts?: number;
  readonly os?: OsName;
  readonly arch?: Arch;
  readonly shell?: 'cmd' | 'powershell';
  readonly without?: readonly Prerequisite[];
  /** `.reg` files that add to the seed or override it, in order. */
  readonly seeds?: readonly string[];
  /** Puts the real PowerShell on wine hosts; needs the .NET SDK. Default false. */
  readonly powershell?: boolean;
  /** Who else may log in, with the same key. On wine hosts they are further names for root with a profile folder each; %USERNAME% and HKCU stay root's. */
  readonly otherUsers?: readonly string[];
  /** Told of a restart, asked for by a host itself, that failed. */
  readonly onFailure?: (error: unknown) => void;
}

/** Started test hosts. Everything ends with `stop()`. */
export interface Testbed {
  readonly dir: string;
  readonly hosts: readonly { readonly name: string; readonly port: number }[];
  readonly inventoryPath: string;
  /** The commands and SFTP operations that the host got, in order. */
  log(host: string): Promise<LogEntry[]>;
  /** HKLM\SOFTWARE and HKLM\SYSTEM, or the one key that is named (in full, and there), as sorted `.reg` text. */
  snapshot(host: string, key?: string): Promise<string>;
  /** Restarts the host; resolves once it can be reached again. */
  reboot(host: string): Promise<void>;
  /** How often the host has restarted. */
  reboots(host: string): number;
  stop(): Promise<void>;
}

/** What a snapshot looks at. */
const ROOTS = ['HKEY_LOCAL_MACHINE\\SOFTWARE', 'HKEY_LOCAL_MACHINE\\SYSTEM'];

const readSeed = async (path: string): Promise<RegistryWrite[]> => {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new RatchetError('file-not-found', `The seed file ${path} cannot be read.`, { cause });
  });
  return parseRegFile(bytes);
};

const target = (write: RegistryWrite): string =>
  `${write.path}\u0000${'name' in write ? write.name : ''}`.toLowerCase();

/** The seed after so many reboots: everything at first, then what Windows itself says, as the seed files have it. */
const seedAfter = (options: Parameters<typeof seedWrites>[0], extra: readonly RegistryWrite[]): RegistryWrite[] => {
  if (options.reboots === 0) return [...seedWrites(options), ...extra];
  const own = identityWrites(options);
  const names = new Set(own.map(target));
  return [...own, ...extra.filter((write) => 'name' in write && names.has(target(write)))];
};

interface Started {
  readonly host: RunningHost;
  readonly hostPublicKey: string;
}

const startHost = async (
  name: string,
  options: UpOptions,
  client: KeyPair,
  extra: readonly RegistryWrite[],
): Promise<Started> => {
  const key = newKeyPair();
  const { os = '2012r2', arch = 'x64', without = [], shell = 'cmd' } = options;
  const start = {
    name,
    folder: join(resolve(options.dir), 'hosts', name),
    shell,
    powershell: options.powershell ?? false,
    otherUsers: options.otherUsers ?? [],
    hostKey: key.privateKey,
    clientPublicKey: client.publicKey,
    seedText: (reboots: number) => encodeReg(seedAfter({ os, arch, without, reboots }, extra)),
    onFailure: options.onFailure ?? ((error: unknown) => process.emitWarning(String(error))),
  };
  const host = await (options.kind === 'wine' ? startWineHost(start) : startEmbeddedTestHost(start));
  return { host, hostPublicKey: key.publicKey };
};

const stopAll = async (hosts: readonly Started[]): Promise<void> => {
  await Promise.all(hosts.map(({ host }) => host.stop()));
};

const startAll = async (options: UpOptions, client: KeyPair): Promise<Started[]> => {
  const extra = (await Promise.all((options.seeds ?? []).map(readSeed))).flat();
  const started: Started[] = [];
  try {
    for (let index = 1; index <= (options.hosts ?? 1); index++)
      started.push(await startHost(`win${index}`, options, client, extra));
  } catch (error) {
    await stopAll(started);
    throw error;
  }
  return started;
};

/**
 * Starts test hosts `win1`, `win2`, … after ending wine hosts whose supervisor was killed, and writes `inventory.yml`, `ssh_config`, `known_hosts` and the client key `id`
 * into `dir`.
 * @throws RatchetError `not-elevated` or `command-failed` when a wine host cannot be had, `usage` for a user's name, `file-not-found` for a seed
 */
export const upHosts = async (options: UpOptions): Promise<Testbed> => {
  const dir = resolve(options.dir);
  await mkdir(dir, { recursive: true });
  if (options.kind === 'wine') await endAllAbandonedHosts();
  await rm(join(dir, 'hosts'), { recursive: true, force: true });
  const client = newKeyPair();
  await writeFile(join(dir, 'id'), client.privateKey, { mode: 0o600 });
  await writeFile(join(dir, 'id.pub'), `${client.publicKey}\n`);
  const started = await startAll(options, client);
  await writeConnectionFiles(dir, started, options.shell ?? 'cmd');
  const find = (name: string): RunningHost => {
    const found = started.find(({ host }) => host.name === name);
    if (found) return found.host;
    throw new RatchetError('usage', `There is no host "${name}" in this testbed.`, {
      hint: `It has ${started.map(({ host }) => host.name).join(', ')}.`,
    });
  };
  const exclusions = snapshotExclusions(options.arch ?? 'x64');
  return {
    dir,
    hosts: started.map(({ host }) => ({ name: host.name, port: host.port })),
    inventoryPath: join(dir, 'inventory.yml'),
    log: async (name) => find(name).log(),
    snapshot: async (name, key) =>
      snapshotText(await find(name).exportTexts(key === undefined ? ROOTS : [key]), exclusions),
    reboot: async (name) => find(name).reboot(),
    reboots: (name) => find(name).reboots,
    stop: () => stopAll(started),
  };
};
