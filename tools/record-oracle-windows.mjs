#!/usr/bin/env node
// Asks ansible.windows what the tasks of fixtures/oracle-windows/*.yml give on a wine host, and writes the answers beside them.
// usage: node tools/record-oracle-windows.mjs DIR [NAME...]
// DIR: folder of `ratchet-testbed up --kind wine --powershell`. Each task takes Ansible 5 s on an idle machine.
// Two adaptations, both outside the repository, without which these modules do not run there: an attribute that .NET 10 calls
// obsolete is removed from a copy of the collection, and the host gets a Get-CimInstance that finds nothing (Wine has no CIM).
import { execFile, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const FIXTURES = fileURLToPath(new URL('../fixtures/oracle-windows', import.meta.url));
const COLLECTION = '/usr/lib/python3/dist-packages/ansible_collections/ansible/windows';
const OTHERS = '/usr/lib/python3/dist-packages';
const PASSING = ['invocation', 'exception', 'action', 'warnings', 'deprecations', 'start', 'end', 'delta'];
const MODULES = 'C:\\users\\root\\Documents\\PowerShell\\Modules\\CimCmdlets';
const CIM_STUB = `$f = '${MODULES}'; $null = mkdir $f -Force
[IO.File]::WriteAllText("$f\\CimCmdlets.psm1", 'function Get-CimInstance { param([Parameter(ValueFromRemainingArguments)]$rest) }; Export-ModuleMember -Function Get-CimInstance')`;

const run = promisify(execFile);

const [dir, ...wanted] = process.argv.slice(2);
if (dir === undefined) throw new Error('usage: record-oracle-windows.mjs DIR [NAME...]');
const bed = resolve(dir);
const onHost = (command, input) =>
  spawnSync('ssh', ['-F', join(bed, 'ssh_config'), 'win1', command], { input, encoding: 'utf8' });

/** The collection as .NET 10 compiles it. */
const adapted = async (folder) => {
  const copy = join(folder, 'ansible_collections/ansible/windows');
  await cp(COLLECTION, copy, { recursive: true });
  for (const name of await readdir(copy, { recursive: true })) {
    if (!/\.(?:ps1|psm1|cs)$/.test(name)) continue;
    const text = await readFile(join(copy, name), 'utf8');
    const without = text.replace(/^ *\[ReliabilityContract\(.*\r?\n/gm, '');
    if (without !== text) await writeFile(join(copy, name), without);
  }
};

const lasting = (result) =>
  Object.fromEntries(
    Object.entries(result)
      .filter(([name]) => !PASSING.includes(name) && !name.startsWith('_'))
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );

const versions = async () => {
  const { stdout } = await run('ansible', ['--version']);
  const { collection_info } = JSON.parse(await readFile(join(COLLECTION, 'MANIFEST.json'), 'utf8'));
  const shell = onHost('powershell -NoProfile -Command $PSVersionTable.PSVersion.ToString()').stdout.trim();
  const core = /core ([\d.]+)/.exec(stdout)?.[1];
  return `ansible-core ${core}, ansible.windows ${collection_info.version}, PowerShell ${shell}, wine`;
};

const record = async (name, oracle, collections) => {
  const setup = await readFile(join(FIXTURES, `${name}.setup.cmd`), 'utf8').catch(() => '');
  if (setup !== '') onHost('cmd /q /d', setup);
  const playbook = await readFile(join(FIXTURES, `${name}.yml`));
  const env = {
    ...process.env,
    ANSIBLE_COLLECTIONS_PATH: `${collections}:${OTHERS}`,
    ANSIBLE_HOST_KEY_CHECKING: 'false',
    ANSIBLE_STDOUT_CALLBACK: 'ansible.posix.jsonl',
    ANSIBLE_PIPELINING: 'true',
    // A host on a busy machine is not unreachable.
    ANSIBLE_TIMEOUT: '120',
  };
  const args = ['-i', join(bed, 'inventory.yml'), `${name}.yml`];
  const ansible = spawn('ansible-playbook', args, { cwd: FIXTURES, env, stdio: ['ignore', 'pipe', 'inherit'] });
  const answers = [];
  const hash = createHash('sha256').update(playbook).digest('hex');
  // An event a line; what is answered is kept at once, since the whole takes minutes.
  for await (const line of createInterface({ input: ansible.stdout })) {
    const { _event, task, hosts } = line.startsWith('{') ? JSON.parse(line) : {};
    if (!/^v2_runner_on_(?:ok|failed|skipped|unreachable)$/.test(_event ?? '')) continue;
    answers.push({ task: task.name, result: lasting(hosts.win1) });
    process.stdout.write(`${name}: ${answers.length} ${task.name}\n`);
    await writeFile(
      join(FIXTURES, `${name}.json`),
      `${JSON.stringify({ oracle, playbook: hash, answers }, null, 1)}\n`,
    );
  }
};

const collections = await mkdtemp(join(tmpdir(), 'ratchet-oracle-'));
try {
  await adapted(collections);
  const stub = Buffer.from(CIM_STUB, 'utf16le').toString('base64');
  onHost(`powershell -NoProfile -EncodedCommand ${stub}`);
  const oracle = await versions();
  const all = (await readdir(FIXTURES)).filter((name) => name.endsWith('.yml')).map((name) => name.slice(0, -4));
  for (const name of wanted.length > 0 ? wanted : all) await record(name, oracle, collections);
} finally {
  await rm(collections, { recursive: true, force: true });
}
