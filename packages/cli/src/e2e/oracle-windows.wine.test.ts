import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { powershellLack, type Testbed, upHosts } from '@ratchet/testbed';
import { connect, settingsFromVars } from '@ratchet/transport';
import { differences, lasting, oracleFile } from './oracle-windows.js';
import { eventsOf, ratchetRun } from './ratchet-run.js';

const FIXTURES = fileURLToPath(new URL('../../../../fixtures/oracle-windows', import.meta.url));
const NEED_POWERSHELL = ['win_shell', 'win_powershell'];
// powershell.wine.test.ts fails in CI where there is none.
const lack = await powershellLack();
const NAMES = readdirSync(FIXTURES)
  .flatMap((name) => (name.endsWith('.json') ? [name.slice(0, -5)] : []))
  .filter((name) => lack === null || !NEED_POWERSHELL.some((module) => name.startsWith(module)));
const MS = 300_000;

/** Where Ratchet differs on purpose (docs/ansible-compatibility.md): the fields that may, by playbook and task. */
const ON_PURPOSE: Readonly<Record<string, readonly string[]>> = {
  'win_file/below a file': ['msg'],
  'win_file/touch a folder': ['msg'],
  'win_file/touch where no folder is': ['msg'],
  'win_ping/a crash': ['msg'],
  // Ratchet looks at creates and removes, Ansible at nothing.
  'win_command/in check mode': ['cmd', 'msg', 'rc'],
  // cmd.exe tells it, with a code of its own.
  'win_command/no such program': ['changed', 'msg', 'rc', 'stderr', 'stderr_lines', 'stdout', 'stdout_lines'],
  'win_powershell_more/failed by itself': ['msg'],
  'win_powershell_more/streams': [
    ...['0', '1'].map((index) => `information.${index}.time_generated`),
    ...['ForegroundColor', 'BackgroundColor'].map((name) => `information.1.message_data.${name}`),
  ],
  // Each script block has a number of its own.
  'win_powershell_data/values': ['output.4.Id'],
  'win_reg_stat/bytes': ['properties', 'sub_keys', 'raw_value', 'type', 'value'],
  'win_shell/an error that stops nothing': ['stderr', 'stderr_lines'],
  'win_shell/an error last': ['stderr', 'stderr_lines'],
  'win_shell/thrown': ['stderr', 'stderr_lines'],
  'win_shell/named blocks': ['stderr', 'stderr_lines', 'stdout', 'stdout_lines'],
  'win_shell/in check mode': ['msg'],
  // Wine's cmd.exe says of a drive's root that it is not there. Not tried on Windows' own.
  'win_stat/a drive': [
    ...['attributes', 'exists', 'filename', 'isarchive', 'isdir', 'ishidden', 'isjunction', 'islnk'],
    ...['isreadonly', 'isreg', 'path'],
  ].map((name) => `stat.${name}`),
  'win_stat/a folder': ['stat.size'],
  'win_stat/hidden system folder': ['stat.size'],
};

/** The same for all tasks of a playbook: what cmd.exe does not tell, and times, which are those of the moment. */
const NEVER_ALIKE: Readonly<Record<string, readonly string[]>> = {
  win_stat: [
    ...['creationtime', 'hlnk_targets', 'isshared', 'nlink', 'owner'].map((name) => `stat.${name}`),
    ...['lastaccesstime', 'lastwritetime'].map((name) => `stat.${name}`),
  ],
};

const root = process.getuid?.() === 0;
(root ? describe : describe.skip)('Windows modules answer as ansible.windows did', () => {
  let folder = '';
  let testbed: Testbed | undefined;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ratchet-oracle-'));
    testbed = await upHosts({ kind: 'wine', dir: join(folder, 'host'), powershell: lack === null });
  }, MS);
  afterAll(async () => {
    await testbed?.stop();
    await rm(folder, { recursive: true, force: true });
  }, MS);

  /** What stands before the first task, made by the host's own commands. */
  const setUp = async (name: string): Promise<void> => {
    const file = join(FIXTURES, `${name}.setup.cmd`);
    if (!existsSync(file)) return;
    const text = await readFile(join(folder, 'host', 'ssh_config'), 'utf8');
    const vars = {
      ansible_host: '127.0.0.1',
      ansible_port: testbed?.hosts[0]?.port ?? 0,
      ansible_user: /^ {2}User (\S+)$/m.exec(text)?.[1] ?? '',
      ansible_ssh_private_key_file: join(folder, 'host', 'id'),
      ratchet_known_hosts: join(folder, 'host', 'known_hosts'),
    };
    const connection = connect(settingsFromVars('win1', vars, {}));
    await connection.exec('cmd /q /d', { stdin: await readFile(file, 'utf8') });
    await connection.close();
  };

  test.each(NAMES)(
    '%s',
    async (name) => {
      const playbook = join(FIXTURES, `${name}.yml`);
      const { answers, playbook: hash } = await oracleFile(join(FIXTURES, `${name}.json`));
      expect(
        createHash('sha256')
          .update(await readFile(playbook))
          .digest('hex'),
      ).toBe(hash);
      await setUp(name);
      const inventory = testbed?.inventoryPath ?? '';
      const run = await ratchetRun(folder, [playbook, '-i', inventory, '--output', 'ndjson']);
      const found = new Map(
        eventsOf(run).flatMap((event): [string, Readonly<Record<string, unknown>>][] =>
          event.type === 'task_finished' ? [[event.name, event.result ?? {}]] : [],
        ),
      );
      expect([...found.keys()]).toEqual(answers.map(({ task }) => task));
      const unwanted = answers.flatMap(({ task, result }) =>
        differences(lasting(result), lasting(found.get(task) ?? {}))
          .filter((line) => {
            const field = line.slice(0, line.indexOf(':'));
            const may = [...(ON_PURPOSE[`${name}/${task}`] ?? []), ...(NEVER_ALIKE[name] ?? [])];
            return !may.some((one) => field === one || field.startsWith(`${one}.`));
          })
          .map((line) => `${task}: ${line}`),
      );
      expect(unwanted).toEqual([]);
    },
    MS,
  );
});
