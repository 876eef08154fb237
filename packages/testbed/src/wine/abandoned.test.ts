import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { endAllAbandonedHosts, prefixPath, tiePrefix } from './abandoned.js';
import { present } from './cache.js';
import { kill } from './processes.js';

let root: string;
let cacheBefore: string | undefined;
const started: ChildProcess[] = [];

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'ratchet-abandoned-'));
  cacheBefore = process.env['RATCHET_TESTBED_CACHE'];
  process.env['RATCHET_TESTBED_CACHE'] = join(root, 'cache');
});

afterEach(async () => {
  for (const { pid } of started.splice(0)) kill(pid ?? 0);
  if (cacheBefore === undefined) delete process.env['RATCHET_TESTBED_CACHE'];
  else process.env['RATCHET_TESTBED_CACHE'] = cacheBefore;
  await rm(root, { recursive: true, force: true });
});

/** A process that sleeps, as `name` in the process list. */
const sleeper = async (name: string, env: Readonly<Record<string, string>> = {}): Promise<ChildProcess> => {
  const child = spawn('bash', ['-c', 'echo up; exec -a "$0" sleep 1000', name], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  started.push(child);
  await once(child.stdout as NodeJS.ReadableStream, 'data');
  return child;
};

const deadId = async (): Promise<number> => {
  const child = spawn('true');
  await once(child, 'exit');
  return child.pid as number;
};

/** A host as its supervisor leaves it: a folder, a prefix, a server and a Windows program. */
const host = async (supervisor: number) => {
  const folder = join(root, `bed-${supervisor}`, 'hosts', 'win1');
  const prefix = join(root, 'cache', 'hosts', `${supervisor}-abc-win1`);
  await mkdir(folder, { recursive: true });
  await mkdir(join(prefix, 'jail'), { recursive: true });
  await tiePrefix(prefix, folder);
  const server = await sleeper(`/usr/sbin/sshd -D -f ${join(folder, 'sshd_config')} -E log`);
  return { folder, prefix, server, wine: await sleeper('wineserver', { WINEPREFIX: prefix }) };
};

const end = ({ exitCode, signalCode }: ChildProcess) => signalCode ?? exitCode;

test('hosts of a dead supervisor are ended in whatever folder they are; those of a living one stay', async () => {
  const [left, living] = [await host(await deadId()), await host(process.pid)];
  const ends = Promise.all([once(left.server, 'exit'), once(left.wine, 'exit')]);
  expect(await endAllAbandonedHosts()).toBe(1);
  await ends;
  expect(await present(left.prefix)).toBe(false);
  expect(await present(living.prefix)).toBe(true);
  expect([living.server, living.wine].map(end)).toEqual([null, null]);
  expect(await endAllAbandonedHosts()).toBe(0);
});

test('another host that is in the folder by now stays', async () => {
  const left = await host(await deadId());
  await writeFile(join(left.folder, 'prefix'), join(root, 'cache', 'hosts', `${process.pid}-def-win1`));
  const ended = once(left.wine, 'exit');
  expect(await endAllAbandonedHosts()).toBe(1);
  await ended;
  expect(end(left.server)).toBeNull();
  expect(await present(left.prefix)).toBe(false);
});

test('hosts of one name that a process starts at the same moment have prefixes of their own', () => {
  const paths = Array.from({ length: 100 }, () => prefixPath('win1'));
  expect(new Set(paths).size).toBe(100);
});
