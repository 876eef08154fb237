import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { adhocPlaybook } from './adhoc-command.js';
import { type AdhocFlags, parseAdhocFlags } from './adhoc-flags.js';
import { newRunFolder, type RunFolder } from './test-run.js';

let folder: RunFolder;
let hosts: string;
beforeEach(async () => {
  folder = await newRunFolder();
  hosts = await folder.write('hosts', 'a ansible_connection=local v=5\nb ansible_connection=local\n');
});
afterEach(() => folder.remove());

const adhoc = (...args: readonly string[]) => folder.command('adhoc', ['-i', hosts, ...args]);

const flags = (...args: readonly string[]): AdhocFlags => {
  const parsed = parseAdhocFlags(args);
  if ('help' in parsed) throw new Error('help was printed');
  return parsed;
};

describe('ratchet adhoc', () => {
  test('runs a command where no module is named, and ends as a run does', async () => {
    expect(await adhoc('a', '-a', 'echo one two')).toEqual({
      code: 0,
      out: 'a | CHANGED | rc=0 >>\none two\n',
      err: '',
    });
    const { code, out } = await adhoc('a', '-m', 'ansible.builtin.shell', '-a', '{ echo x; exit 3; }');
    expect([code, out]).toEqual([2, 'a | FAILED | rc=3 >>\nx\nnon-zero return code\n']);
  });

  test('takes words, JSON, templates and variables', async () => {
    const run = async (args: string, ...more: readonly string[]) =>
      (await adhoc('a', '-o', '-m', 'debug', '-a', args, ...more)).out;
    expect(await run('msg="x {{ v }}"')).toBe('a | SUCCESS => {"msg": "x 5"}\n');
    expect(await run('{"msg": ["{{ v }}", 1]}')).toBe('a | SUCCESS => {"msg": [5,1]}\n');
    expect(await run('var=w', '-e', 'w=6')).toBe('a | SUCCESS => {"w": "6"}\n');
  });

  test('-l and --list-hosts; what names nothing lists all hosts, and a run with it is refused', async () => {
    expect((await adhoc('all', '--list-hosts')).out).toBe('  hosts (2):\n    a\n    b\n');
    expect((await adhoc('a,b', '-l', ',,b', '--list-hosts')).out).toBe('  hosts (1):\n    b\n');
    for (const nothing of [',', ''])
      expect((await adhoc('all', '--list-hosts', '-l', nothing)).out).toBe('  hosts (2):\n    a\n    b\n');
    expect((await adhoc(',,', '--list-hosts')).out).toBe('  hosts (2):\n    a\n    b\n');
    const empty = await adhoc('all', '-m', 'ping', '-l', '');
    expect([empty.code, empty.out]).toEqual([1, '']);
  });

  test('no host is a warning; a limit without one is an error', async () => {
    const none = await adhoc('nothing', '-m', 'ping');
    expect([none.code, none.out]).toEqual([0, '']);
    expect(none.err).toContain('No hosts matched, nothing to do');
    expect((await adhoc('a', '-m', 'ping', '-l', 'nope')).code).toBe(1);
  });

  test('check mode, roles beside --playbook-dir, JSON output', async () => {
    expect((await adhoc('a', '-C', '-a', 'echo x')).out).toBe('a | SKIPPED\n');
    await mkdir(join(folder.path, 'roles', 'r', 'tasks'), { recursive: true });
    await folder.write('roles/r/tasks/main.yml', '- debug: {msg: "of {{ role_name }}"}\n');
    const role = await adhoc('b', '--playbook-dir', folder.path, '-o', '-m', 'include_role', '-a', 'name=r');
    expect(role.out).toBe('b | SUCCESS => {"msg": "of r"}\n');
    expect((await adhoc('a', '-m', 'ping', '--output', 'ndjson')).out.split('\n')[0]).toContain('"run_started"');
  });

  test('what is wrong is refused before a host is touched', async () => {
    expect(await adhoc('a', '-m', 'pinng')).toMatchObject({ code: 4, out: '' });
    expect(await adhoc('a')).toMatchObject({ code: 5 });
    expect(await adhoc('a', '-m', 'import_playbook', '-a', 'x')).toMatchObject({ code: 5 });
    expect(await adhoc('a', '-m', 'ping', '-t', 'x')).toMatchObject({ code: 2 });
    expect(await adhoc()).toMatchObject({ code: 2 });
  });

  test('cannot be continued, and says so', async () => {
    const away = await folder.write('away', 'c ansible_host=127.0.0.1 ansible_port=1\n');
    const { code, out } = await folder.command('adhoc', ['-i', away, 'c', '-m', 'raw', '-a', 'x']);
    expect(code).toBe(4);
    expect(out).toMatch(/^c \| UNREACHABLE! => \{/);
    const [run] = await readdir(join(folder.path, '.ratchet', 'runs'));
    const again = await folder.command('resume', [String(run)]);
    expect(again.err).toContain('one task of ratchet adhoc');
    expect([again.code, again.out]).toEqual([2, '']);
  });
});

test('the task is JSON in a play of its own', () => {
  const { path, text } = adhocPlaybook(
    flags('a', '-m', 'm', '-a', 'x: "y"', '-B', '9', '--task-timeout', '3', '--playbook-dir', 'd'),
    'a',
  );
  expect(path).toBe('d/<command line>');
  expect(text.split('\n').slice(4)).toEqual([
    '    - "m": "x: \\"y\\""',
    '      async: 9',
    '      poll: 15',
    '      timeout: 3',
    '',
  ]);
});
