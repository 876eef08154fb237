import { execFile } from 'node:child_process';
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type HostForRun, newHostForRun, newRunFolder, type RunFolder } from './test-run.js';
import { readVersion } from './version.js';

const REPOSITORY = fileURLToPath(new URL('../../..', import.meta.url));
const COMMAND = join(REPOSITORY, 'packages/cli/bundle/main.cjs');

let folder: RunFolder;
let target: HostForRun;

const started = (
  program: string,
  ...args: readonly string[]
): Promise<{ readonly code: number; readonly out: string }> =>
  new Promise((resolve) => {
    execFile(program, args, { cwd: folder.path }, (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), out: stdout + stderr }),
    );
  });

const node = (...args: readonly string[]) => started(process.execPath, ...args);

beforeAll(async () => {
  folder = await newRunFolder();
  target = await newHostForRun(folder);
  expect(await node(join(REPOSITORY, 'tools/bundle.mjs'))).toEqual({ code: 0, out: '' });
}, 180_000);

afterAll(async () => {
  await target.host.stop();
  await folder.remove();
});

test('the bundled command prints its version', async () => {
  expect(await node(COMMAND, '--version')).toEqual({ code: 0, out: `${readVersion()}\n` });
});

test.each([
  [['site.yml'], 'There is no command "site.yml"', 'ratchet run site.yml'],
  [['plann'], 'There is no command "plann"', 'Did you mean "plan"?'],
  [[], 'A command is missing', 'ratchet --help'],
])('%j is no command, and what was meant is named', async (args, message, hint) => {
  const { code, out } = await node(COMMAND, ...args);
  expect(out).toContain(message);
  expect(out).toContain(hint);
  expect(code).toBe(2);
});

test('the bundled command hardens a host over SSH', async () => {
  const groups = await folder.write('groups.yml', 'orchestrator:\n  hosts:\n    win1:\n');
  const playbook = join(REPOSITORY, 'playbooks/orchestrator.yml');
  const args = [COMMAND, 'run', playbook, '-i', target.inventory, '-i', groups, '-e', 'tls_restart=false'];
  const first = await node(...args);
  expect(first.out).toMatch(/win1 +: ok=5 +changed=2 /);
  expect(first.code).toBe(0);
  expect((await node(...args)).out).toMatch(/win1 +: ok=5 +changed=0 /);
});

test.each([
  ['ratchet-playbook', ['play.yml', '-i', 'h1,', '--lim', 'h1']],
  ['ansible-playbook', ['play.yml', '-i', 'h1,']],
])('a link named %s is ratchet run', async (name, args) => {
  await folder.write('play.yml', '- hosts: all\n  connection: local\n  tasks:\n    - debug: {msg: linked}\n');
  const link = join(folder.path, name);
  await symlink(COMMAND, link);
  const { code, out } = await started(link, ...args);
  expect(out).toContain('"msg": "linked"');
  expect(code).toBe(0);
});

test('a link named ansible-inventory is ratchet inventory', async () => {
  const link = join(folder.path, 'ansible-inventory');
  await symlink(COMMAND, link);
  const { code, out } = await started(link, '-i', 'h1,h2,', '--graph');
  expect(out).toBe('@all:\n  |--@ungrouped:\n  |  |--h1\n  |  |--h2\n');
  expect(code).toBe(0);
});

test('bad input is told with its place by the bundled command', async () => {
  const broken = await folder.write('broken.yml', '- hosts: all\n  tasks:\n  - debug:\n\tmsg: x\n');
  const { code, out } = await node(COMMAND, 'run', broken, '-i', target.inventory, '-vvv');
  expect(code).toBe(4);
  expect(out).toContain('broken.yml:4:1');
});
