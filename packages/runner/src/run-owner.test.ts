import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { claim, ownerOf } from './run-owner.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ratchet-owner-'));
});
afterAll(() => rm(folder, { recursive: true }));

const ownedBy = (owner: object): Promise<void> => {
  const whole = { machine: hostname(), since: '2026-11-26T10:00:00.000Z', ...owner };
  return writeFile(join(folder, 'owner.json'), JSON.stringify(whole));
};

test('a run is of the process that took it, and of no other that has its number later', async () => {
  const leave = await claim(folder);
  const mine = JSON.parse(await readFile(join(folder, 'owner.json'), 'utf8')) as { readonly begun?: string };
  expect(await ownerOf(folder)).toMatchObject({ pid: process.pid });
  await ownedBy({ pid: process.pid, begun: `${mine.begun}0` });
  expect(await ownerOf(folder)).toBeUndefined();
  // Written by an older version, or where there is no /proc.
  await ownedBy({ pid: process.pid });
  expect(await ownerOf(folder)).toMatchObject({ pid: process.pid });
  await leave();
  expect(await ownerOf(folder)).toBeUndefined();
});

test('a process that has ended has no run, also before its parent has taken note', async () => {
  // The shell becomes a program that never asks for its child's end, long before that comes.
  const script = 'sleep 1 & echo $!; exec sleep 60';
  const parent = spawn('/bin/sh', ['-c', script], { stdio: ['ignore', 'pipe', 'ignore'] });
  try {
    const [told] = (await once(parent.stdout, 'data')) as [Buffer];
    const pid = Number(String(told));
    const state = async () => (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1]?.[0];
    while ((await state()) !== 'Z') await new Promise((resolve) => setTimeout(resolve, 10));
    await ownedBy({ pid });
    expect(await ownerOf(folder)).toBeUndefined();
  } finally {
    parent.kill('SIGKILL');
  }
});

test('of a process on another machine nothing is known: it lives', async () => {
  await ownedBy({ pid: 1, machine: 'another', begun: 'x' });
  expect(await ownerOf(folder)).toMatchObject({ machine: 'another' });
});
