import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { controller } from './crash/controller.js';
import { type HostForRun, newHostForRun, newRunFolder, type RunFolder } from './test-run.js';

let folder: RunFolder;
let target: HostForRun;

beforeAll(async () => {
  folder = await newRunFolder();
  target = await newHostForRun(folder);
  await mkdir(join(folder.path, 'inventory'));
  await rename(target.inventory, join(folder.path, 'inventory', 'hosts.yml'));
  await folder.write(
    'site.yml',
    `- hosts: all
  gather_facts: false
  tasks:
    - registry: {path: 'HKLM:\\SOFTWARE\\X', name: one, data: 1, type: dword}
    - registry: {path: 'HKLM:\\SOFTWARE\\X', name: two, data: 2, type: dword}
`,
  );
});

afterAll(async () => {
  await target.host.stop();
  await folder.remove();
});

// As it is typed: the other tests name their files from the root.
const ARGUMENTS = ['site.yml', '-i', 'inventory'];

test('a plan of files that were named from the working folder is applied', async () => {
  expect(await controller(folder.path, ['plan', ...ARGUMENTS, '--out', 'x.plan'])).toMatchObject({ code: 0 });
  const elsewhere = await controller(join(folder.path, 'inventory'), ['apply', '../x.plan']);
  expect(elsewhere).toMatchObject({ code: 2, out: expect.stringContaining(`cd ${folder.path}`) });
  const applied = await controller(folder.path, ['apply', 'x.plan']);
  expect(applied.out).toContain('changed=2');
  expect(applied.code).toBe(0);
});

test('a run of such files is gone on with', async () => {
  target.host.registry.deleteKey('HKEY_LOCAL_MACHINE\\SOFTWARE\\X');
  const killed = await controller(folder.path, ['run', ...ARGUMENTS], { RATCHET_CRASH_AT: 'exec:2:after' });
  expect(killed.killed).toBe(true);
  const resumed = await controller(folder.path, ['resume']);
  expect(resumed.out).toContain('failed=0');
  expect(resumed.code).toBe(0);
});

test('a plan whose run was killed as soon as it had begun is gone on with', async () => {
  target.host.registry.deleteKey('HKEY_LOCAL_MACHINE\\SOFTWARE\\X');
  expect(await controller(folder.path, ['plan', ...ARGUMENTS, '--out', 'x.plan'])).toMatchObject({ code: 0 });
  const killed = await controller(folder.path, ['apply', 'x.plan'], { RATCHET_CRASH_AT: 'journal:1:after' });
  expect(killed.killed).toBe(true);
  const resumed = await controller(folder.path, ['resume']);
  expect(resumed.out).toContain('changed=2');
  expect(resumed.code).toBe(0);
  expect(target.host.registry.value('HKEY_LOCAL_MACHINE\\SOFTWARE\\X', 'two')?.data).toMatchObject({ number: 2 });
});
