// Runs integration targets of ansible-core that lie in a folder outside the repository (a checkout's test/integration/targets), with
// `ratchet` in the place of ansible-playbook and ansible-inventory, and tells which pass:
//
//   npm run peer-targets -- DIR [TARGET...] [--list FILE] [--seconds N] [--logs DIR]
//
// A target with a runme.sh is that script; any other is a role, run against testhost with the local connection. Targets run in a copy,
// with a home folder of their own. Other programs of Ansible (`ansible`, `ansible-vault`) answer with an error that says so.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

// As it is installed, else as it was compiled.
const BUNDLE = fileURLToPath(new URL('../packages/cli/bundle/main.cjs', import.meta.url));
const MAIN = existsSync(BUNDLE) ? BUNDLE : fileURLToPath(new URL('../packages/cli/dist/main.js', import.meta.url));
const COMMANDS = {
  'ansible-playbook': 'run',
  'ansible-inventory': 'inventory',
  ansible: 'adhoc',
  'ansible-vault': 'vault',
};
const HOST = 'testhost ansible_connection=local ansible_python_interpreter=/usr/bin/python3';

const USAGE = 'usage: npm run peer-targets -- DIR [TARGET...] [--list FILE] [--seconds N] [--logs DIR]\n';
const WRONG_OPTIONS = 5;

const leave = (text) => {
  process.stderr.write(text + USAGE);
  process.exit(WRONG_OPTIONS);
};

const readOptions = () => {
  const options = { list: { type: 'string' }, seconds: { type: 'string', default: '180' }, logs: { type: 'string' } };
  try {
    return parseArgs({ allowPositionals: true, options });
  } catch (thrown) {
    return leave(`ERROR! ${thrown.message}\n`);
  }
};

const { values, positionals } = readOptions();

const isThere = (path) =>
  stat(path).then(
    () => true,
    () => false,
  );

/** A folder with programs of Ansible's names. */
const makePrograms = async (folder) => {
  await mkdir(folder);
  for (const [name, command] of Object.entries(COMMANDS)) {
    await writeFile(join(folder, name), `#!/bin/sh\nexec "${process.execPath}" "${MAIN}" ${command} "$@"\n`);
    await chmod(join(folder, name), 0o755);
  }
};

/** Runs a program in a folder; its whole output, and whether it ended with 0 in time. */
const run = (file, args, cwd, env, seconds) =>
  new Promise((done) => {
    const child = spawn(file, args, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    const chunks = [];
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      process.kill(-child.pid, 'SIGKILL');
    }, seconds * 1000);
    child.stdout.on('data', (chunk) => chunks.push(chunk));
    child.stderr.on('data', (chunk) => chunks.push(chunk));
    child.on('error', (error) => chunks.push(Buffer.from(String(error))));
    child.on('close', (code) => {
      clearTimeout(timer);
      const text = Buffer.concat(chunks).toString('utf8');
      done({ ok: code === 0 && !late, why: late ? `longer than ${seconds} s` : `exit ${code}`, text });
    });
  });

/** A target that is a role: a playbook that uses it. */
const rolePlaybook = (target) =>
  `- hosts: testhost\n  gather_facts: true\n  vars: {output_dir: "{{ lookup('env', 'OUTPUT_DIR') }}", ansible_python_interpreter: /usr/bin/python3}\n  roles: [${target}]\n`;

const runTarget = async (targets, target, programs) => {
  const work = await mkdtemp(join(tmpdir(), 'ratchet-target-'));
  try {
    const folder = join(work, 'targets', target);
    for (const name of (await readdir(targets)).filter((one) => one === target || /^(?:setup|prepare)_/.test(one)))
      await cp(join(targets, name), join(work, 'targets', name), { recursive: true, verbatimSymlinks: true });
    const output = join(work, 'output');
    await mkdir(output);
    await mkdir(join(work, 'home'));
    const inventory = join(work, 'targets', 'inventory');
    await writeFile(inventory, `${HOST}\n`);
    await writeFile(join(work, 'inventory'), `${HOST}\n`);
    const env = {
      PATH: `${programs}:${process.env.PATH}`,
      HOME: join(work, 'home'),
      USER: process.env.USER ?? 'root',
      LC_ALL: 'C.UTF-8',
      OUTPUT_DIR: output,
      INVENTORY_PATH: inventory,
      ANSIBLE_TEST_PYTHON_VERSION: '3.11',
      ANSIBLE_TEST_PYTHON_INTERPRETER: '/usr/bin/python3',
      ANSIBLE_ROLES_PATH: join(work, 'targets'),
      ANSIBLE_HOST_KEY_CHECKING: 'false',
      // What ansible-core 2.14 does and the targets were written for.
      ANSIBLE_JINJA2_NATIVE: 'false',
      ANSIBLE_ALLOW_BROKEN_CONDITIONALS: 'true',
      ANSIBLE_NOCOLOR: '1',
    };
    if (await isThere(join(folder, 'runme.sh')))
      return await run('bash', ['./runme.sh', '-i', inventory], folder, env, values.seconds);
    const playbook = join(work, 'targets', `${target}.yml`);
    await writeFile(playbook, rolePlaybook(target));
    return await run('ansible-playbook', ['-i', inventory, playbook], join(work, 'targets'), env, values.seconds);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
};

const [where, ...named] = positionals;
if (where === undefined) leave('ERROR! The folder of the targets is missing.\n');
const nested = join(resolve(where), 'test', 'integration', 'targets');
const targets = (await isThere(nested)) ? nested : resolve(where);
const listed = values.list ? (await readFile(values.list, 'utf8')).split(/\s+/).filter((name) => name !== '') : [];
const names = [...named, ...listed].length > 0 ? [...named, ...listed] : await readdir(targets);
const programs = await mkdtemp(join(tmpdir(), 'ratchet-programs-'));
let passed = 0;
try {
  await makePrograms(join(programs, 'bin'));
  for (const name of names.map((one) => basename(one))) {
    const { ok, why, text } = await runTarget(targets, name, join(programs, 'bin'));
    if (ok) passed += 1;
    const error = text.split('\n').findLast((line) => /ERROR!|fatal:|failed:|FAILED!/.test(line)) ?? '';
    process.stdout.write(`${ok ? 'pass' : 'FAIL'} ${name}${ok ? '' : ` (${why}) ${error.slice(0, 300)}`}\n`);
    if (values.logs) {
      await mkdir(values.logs, { recursive: true });
      await writeFile(join(values.logs, `${name}.log`), text);
    }
  }
} finally {
  await rm(programs, { recursive: true, force: true });
}
process.stdout.write(`${passed} of ${names.length} targets pass\n`);
process.exitCode = passed === names.length ? 0 : 1;
