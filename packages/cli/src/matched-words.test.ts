import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { newRunFolder, type RunFolder } from './test-run.js';

// Words that public playbooks and scripts around them match on; those of templates are held in the package `template`. See "Words that
// playbooks match on" in docs/ansible-compatibility.md.
let folder: RunFolder;
beforeAll(async () => {
  folder = await newRunFolder();
  await mkdir(join(folder.path, 'roles/a/tasks'), { recursive: true });
  await folder.write('roles/a/tasks/main.yml', '- debug:\n');
  await folder.write('roles/out.yml', '- debug:\n');
});
afterAll(() => folder.remove());

const HEAD = '- hosts: localhost\n  gather_facts: false\n';

const outputOf = async (playbook: string, ...more: readonly string[]): Promise<string> => {
  const path = await folder.write('p.yml', playbook);
  const { out, err } = await folder.run([path, '-i', 'localhost,', '-c', 'local', ...more]);
  return out + err;
};

describe('words that playbooks match on', () => {
  test.each([
    ['a keyword that a play has not', '- include: x.yml\n', "ERROR! 'include' is not a valid attribute for a Play"],
    [
      'a name that is none',
      `${HEAD}  tasks:\n    - debug:\n      register: 200\n`,
      'Invalid variable name in register',
    ],
    [
      'words without a name',
      `${HEAD}  tasks:\n    - debug: some words\n      ignore_errors: true\n`,
      "invalid or malformed argument: 'some words'",
    ],
    [
      'a variable with the name of a function',
      `${HEAD}  vars: {lipsum: 1}\n  tasks: []\n`,
      'Found variable using reserved name: lipsum',
    ],
    ['variables that are not there', `${HEAD}  tasks:\n    - include_vars: no.yml\n`, 'Could not find or access'],
    [
      'a file name that came to nothing',
      `${HEAD}  tasks:\n    - include_vars: {file: "{{ '' }}"}\n`,
      'Could not find file',
    ],
    ['a list that is none', `${HEAD}  tasks:\n    - debug:\n      with_list: {a: 1}\n`, 'with_list expects a list'],
    ['a dict that is none', `${HEAD}  tasks:\n    - debug:\n      with_dict: [1]\n`, 'with_dict expects a dict'],
    [
      'a task that takes too long',
      `${HEAD}  tasks:\n    - command: sleep 20\n      timeout: 1\n`,
      'failed to execute in the expected time frame',
    ],
    ['a key that stands twice', `${HEAD}  vars: {a: 1, a: 2}\n`, 'found a duplicate dict key (a)'],
    [
      'a part that is none of the role',
      `${HEAD}  tasks:\n    - include_role: {name: a, tasks_from: ../../out.yml}\n`,
      'as it is not inside the expected role path',
    ],
  ])('%s', async (_what, playbook, words) => {
    expect(await outputOf(playbook)).toContain(words);
  });

  test('a host that is a number', async () => {
    const path = await folder.write('inv.yml', 'all:\n  hosts:\n    1234: {}\n');
    const { err } = await folder.command('inventory', ['-i', path, '--list']);
    expect(err).toContain('Host pattern 1234 must be a string');
  });
});

describe('a loop that cannot begin', () => {
  test('fails with what its list failed with', async () => {
    const told = await outputOf(
      `${HEAD}  tasks:\n    - block:\n        - debug:\n          with_sequence: start=A end=2\n      rescue:\n        - debug: {var: ansible_failed_result.msg}\n`,
    );
    expect(told).toContain('"ansible_failed_result.msg": "can\'t parse start=A as integer"');
  });
});

describe('settings of how sources are read', () => {
  test.each([
    ['warn', 0, true],
    ['ignore', 0, false],
    ['error', 4, true],
  ])('duplicate_dict_key = %s ends with %d', async (how, code, told) => {
    await folder.write('ansible.cfg', `[defaults]\nduplicate_dict_key = ${how}\n`);
    const path = await folder.write('p.yml', `${HEAD}  vars: {a: 1, a: 2}\n  tasks:\n    - assert: {that: a == 2}\n`);
    const done = await folder.run([path, '-i', 'localhost,', '-c', 'local']);
    expect(done.code).toBe(code);
    expect(done.err.includes('found a duplicate dict key (a)')).toBe(told);
  });

  test.each([
    ['never', 'odd-name', 'Invalid characters were found in group names but not replaced'],
    ['always', 'odd_name', 'Invalid characters were found in group names and automatically'],
    ['ignore', 'odd-name', undefined],
    ['silently', 'odd_name', undefined],
  ])('force_valid_group_names = %s', async (how, group, warning) => {
    await folder.write('ansible.cfg', `[defaults]\nforce_valid_group_names = ${how}\n`);
    const path = await folder.write('inv.ini', '[odd-name]\nh1\n[top:children]\nodd-name\n');
    const { out, err } = await folder.command('inventory', ['-i', path, '--list']);
    expect(JSON.parse(out)).toMatchObject({ [group]: { hosts: ['h1'] }, top: { children: [group] } });
    if (warning === undefined) expect(err).toBe('');
    else expect(err).toContain(warning);
  });

  test('a value that is not known is an error', async () => {
    await folder.write('ansible.cfg', '[defaults]\nduplicate_dict_key = perhaps\n');
    const { code, err } = await folder.command('inventory', ['-i', 'h1,', '--list']);
    expect(code).not.toBe(0);
    expect(err).toContain('write error, warn, ignore');
  });
});
