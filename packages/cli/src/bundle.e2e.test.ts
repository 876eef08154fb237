import { execFile } from 'node:child_process';
import { copyFile, mkdir, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { upHosts } from '@ratchet/testbed';
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

test('the package installs without a network, and its command runs where no repository is', async () => {
  const made = await node(join(REPOSITORY, 'tools/package.mjs'), folder.path);
  expect(made.code).toBe(0);
  const prefix = join(folder.path, 'prefix');
  const file = join(folder.path, `ratchet-${readVersion()}.tgz`);
  const installed = await started('npm', 'install', '--global', '--offline', '--prefix', prefix, file);
  expect(installed).toMatchObject({ code: 0 });
  const command = join(prefix, 'bin/ratchet');
  expect(await started(command, '--version')).toEqual({ code: 0, out: `${readVersion()}\n` });
  expect(await started(command, '--help')).toMatchObject({ code: 0, out: expect.stringContaining('run PLAYBOOK') });
  const hosts = await folder.write('here.yml', 'all: { hosts: { here: { ansible_connection: local } } }\n');
  const playbook = await folder.write('ping.yml', '- hosts: all\n  tasks: [{ command: echo packed }]\n');
  const ran = await started(command, 'run', '-i', hosts, playbook);
  expect(ran.out).toMatch(/here +: ok=1 +changed=1 /);
  expect(ran.code).toBe(0);
}, 60_000);

test('the README names the package as a file: npm takes a path without ./ for a repository on GitHub', async () => {
  const readme = await readFile(join(REPOSITORY, 'README.md'), 'utf8');
  expect(readme).toContain(`npm install --global ./dist/ratchet-${readVersion()}.tgz\n`);
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

// What is read from seldom.cjs only when it is needed.
describe('what only some runs need', () => {
  let dir: string;
  let running: Awaited<ReturnType<typeof upHosts>>;

  beforeAll(async () => {
    dir = join(folder.path, 'hosts');
    await mkdir(dir);
    running = await upHosts({ kind: 'embedded', hosts: 1, dir });
  });

  afterAll(() => running.stop());

  const readHost = async () => {
    const tasks = '  - win_reg_stat:\n      path: HKLM:\\SOFTWARE\n';
    const playbook = await folder.write('read.yml', `- hosts: win1\n  gather_facts: false\n  tasks:\n${tasks}`);
    return [COMMAND, 'run', playbook, '-i', join(dir, 'inventory.yml')];
  };

  test.each([
    [
      'YAML with an anchor',
      async () => ['-i', await folder.write('anchors.yml', 'all:\n  vars: {a: &a [1], b: *a}\n')],
    ],
    ['the system ssh', async () => ['-e', 'ansible_connection=openssh']],
    [
      'a key with a passphrase',
      async () => {
        const key = join(folder.path, 'locked');
        await copyFile(join(dir, 'id'), key);
        expect((await started('ssh-keygen', '-q', '-p', '-P', '', '-N', 'open sesame', '-f', key)).code).toBe(0);
        return [
          '-e',
          `ansible_ssh_private_key_file=${key}`,
          '-e',
          '{"ansible_ssh_private_key_passphrase": "open sesame"}',
        ];
      },
    ],
  ])('%s', async (_what, more) => {
    const { code, out } = await node(...(await readHost()), ...(await more()));
    expect(out).toMatch(/win1 +: ok=1 +changed=0 +unreachable=0 +failed=0 /);
    expect(code).toBe(0);
  });

  test('a terminal', async () => {
    const line = ['stty cols 100;', process.execPath, ...(await readHost())].join(' ');
    const { code, out } = await started('script', '-qec', line, '/dev/null');
    expect(out).toMatch(/win1 .*ok=1 /);
    // Colours or a moving cursor: what only a terminal gets.
    expect(out).toContain('\u001b[');
    expect(code).toBe(0);
  });
});

test.each(['INT', 'TERM', 'HUP'])('SIG%s ends a run in order, and resume goes on', async (signal) => {
  const own = await folder.write(
    `signal-${signal}.yml`,
    `- hosts: all
  connection: local
  gather_facts: false
  tasks:
    - shell: 'test -e ${signal}.sent || { touch ${signal}.sent; kill -${signal} $(cat pid); sleep 30; }'
      args: {creates: '${signal}.never'}
    - debug: {msg: went on}
`,
  );
  const begun = await started(
    'sh',
    '-c',
    `echo $$ > pid; exec "$0" "$@"`,
    process.execPath,
    COMMAND,
    'run',
    own,
    '-i',
    'h1,',
  );
  expect(begun.code).toBe(99);
  expect(begun.out).toContain('The run was interrupted.');
  expect(begun.out).not.toContain('went on');
  const resumed = await node(COMMAND, 'resume');
  expect(resumed.out).toContain('went on');
  expect(resumed.code).toBe(0);
});

test('bad input is told with its place by the bundled command', async () => {
  const broken = await folder.write('broken.yml', '- hosts: all\n  tasks:\n  - debug:\n\tmsg: x\n');
  const { code, out } = await node(COMMAND, 'run', broken, '-i', target.inventory, '-vvv');
  expect(code).toBe(4);
  expect(out).toContain('broken.yml:4:1');
});
