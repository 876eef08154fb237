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
      ['play.yml:3:32 template-error Did you mean "upper"?', 'play.yml:3:58 template-error Did you mean "defined"?'],
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

describe('template files', () => {
  const files = (text: string, more = '') => ({
    'play.yml': inTasks(`- template: {src: t.j2, dest: /x${more}}`),
    'templates/t.j2': text,
  });

  test('are read where their name is written out', async () => {
    expect(await found(files('a\n{{ b | uper }}\n'))).toEqual(['t.j2:2:8 template-error Did you mean "upper"?']);
    expect(await found(files('{% if x %}'))).toHaveLength(1);
  });

  test('with the marks of the task or of their first line', async () => {
    await expect(load(files('{% if x %}[% b | upper %]', ', block_start_string: "<%"'))).resolves.toBeDefined();
    await expect(load(files("#jinja2: block_start_string: '<%'\n{% if x %}"))).resolves.toBeDefined();
    expect(await found(files('#jinja2: trim_bloks: True\n{{ a }}'))).toEqual([
      't.j2:1:1 not-supported Did you mean "trim_blocks"?',
    ]);
    expect(await found(files('#jinja2: trim_blocks True\n{{ a }}'))).toHaveLength(1);
  });

  test('that are nowhere, or never filled in, are none', async () => {
    await expect(load(inTasks('- template: {src: none.j2, dest: /x}'))).resolves.toBeDefined();
    const never = {
      ...files('{{ b | uper }}'),
      'play.yml': inTasks('- template: {src: t.j2, dest: /x}\n  when: false'),
    };
    await expect(load(never)).resolves.toBeDefined();
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
