import { afterAll, describe, expect, test } from '@jest/globals';
import { found, inTasks, load, removeFolders, tasksOf } from './test-playbook.js';

afterAll(removeFolders);

const given = (entries: Readonly<Record<string, string>>) => ({ extraVars: new Map(Object.entries(entries)) });

describe('names of filters, tests and lookups', () => {
  test.each([
    ['a filter', '- debug: {msg: "{{ a | uper }}"}', ['play.yml:3:28 template-error Did you mean "upper"?']],
    ['a test', '- debug: {msg: a}\n  when: a is defind', ['play.yml:4:18 template-error Did you mean "defined"?']],
    ['a lookup', '- debug: {msg: "{{ query(\'fil\', 1) }}"}', ['play.yml:3:24 template-error Did you mean "file"?']],
    [
      'what map and select apply, both of one template',
      "- debug: {msg: \"{{ a | map('uper') | selectattr('x', 'defind') }}\"}",
      ['play.yml:3:58 template-error Did you mean "defined"?', 'play.yml:3:32 template-error Did you mean "upper"?'],
    ],
    ['a bare expression', '- debug: {var: a | uper}', ['play.yml:3:15 template-error Did you mean "upper"?']],
  ])('%s', async (_what, tasks, expected) => {
    expect(await found(inTasks(tasks))).toEqual(expected);
  });

  test('in a file of vars_files', async () => {
    const files = { 'play.yml': '- hosts: all\n  vars_files: v.yml\n', 'v.yml': 'a: "{{ b | uper }}"\n' };
    expect(await found(files)).toEqual(['v.yml:1:12 template-error Did you mean "upper"?']);
  });
});

describe('names of imports', () => {
  const files = (tasks: string) => ({ 'play.yml': inTasks(tasks), 'one.yml': '- debug: {msg: one}\n' });

  test('are finished with what is known before the run', async () => {
    const tasks = '- import_tasks: "{{ x }}.yml"\n- import_tasks: "{{ y }}.yml"\n  vars: {y: one}\n';
    expect(tasksOf(await load(files(tasks), given({ x: 'one' })))).toHaveLength(2);
  });

  test('of what is not known then say so', async () => {
    const [line] = await found(files('- import_tasks: "{{ x }}.yml"\n- debug: {msg: "{{ a | uper }}"}\n'));
    expect(line).toMatch(/^play\.yml:3:25 undefined-variable .*An import is read before the run/);
  });
});
