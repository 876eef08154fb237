import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from '@jest/globals';
import { Template, toPlain } from '@ratchet/core';
import { loadPlaybook } from './load-playbook.js';
import type { Playbook } from './play.js';
import {
  catalogue,
  failures,
  found,
  inTasks,
  load,
  parameters,
  removeFolders,
  shown,
  tasksOf,
} from './test-playbook.js';

const cases = fileURLToPath(new URL('../../../fixtures/cases/', import.meta.url));
afterAll(removeFolders);

describe('cases', () => {
  test('C50: a duplicate key names both places', async () => {
    const [error] = await failures(loadPlaybook(`${cases}C50/playbook.yml`, { catalogue, rolesPath: [] }));
    expect(error?.code).toBe('yaml-duplicate-key');
    expect(error?.message).toMatch(/playbook\.yml:\d+:\d+.*playbook\.yml:\d+:\d+/s);
  });

  test('C68: templated names and topics are fine, a misspelt handler is refused with its place', async () => {
    const playbook = await loadPlaybook(`${cases}C68/playbook.yml`, { catalogue, rolesPath: [] });
    expect(playbook.plays[0]?.handlers.map((handler) => handler.listen)).toEqual([[], [], ['topic x'], ['topic x']]);
    const errors = await failures(loadPlaybook(`${cases}C68/playbook-unknown.yml`, { catalogue, rolesPath: [] }));
    expect(shown(errors)).toEqual(['playbook-unknown.yml:4:63 handler-not-found Did you mean "restart host"?']);
    expect(errors[0]?.message).toContain('"t1" notifies "restart hosst"');
  });
});

describe('tasks', () => {
  test('parameters as a mapping, as words and as free text', async () => {
    const tasks = tasksOf(
      await load(
        inTasks(
          '- debug: {msg: a}\n- debug: msg="{{ x }} b" var=c\n- command: dir /b chdir=C:\\x\n- command: whoami\n  args: {chdir: y}\n- action: debug msg=z\n- set_fact: {any: 1}',
        ),
      ),
    );
    expect(tasks.map(parameters)).toEqual([
      { msg: 'a' },
      { msg: '{{ x }} b', var: 'c' },
      { chdir: 'C:\\x', _raw_params: 'dir /b' },
      { _raw_params: 'whoami', chdir: 'y' },
      { msg: 'z' },
      { any: 1 },
    ]);
    expect(tasks[1]?.params instanceof Map && tasks[1].params.get('msg')).toBeInstanceOf(Template);
  });

  test('a name among words can be a template; a text that is one template is all parameters', async () => {
    const [named, second, whole] = tasksOf(
      await load(
        inTasks('- set_fact: "{{ a == b }}={{ c }}"\n- set_fact: "u_{{ a }}=x y=z"\n- set_fact: "{{ a ~ \'=\' }}"'),
      ),
    );
    expect(parameters(named)).toEqual({ '{{ a == b }}': '{{ c }}' });
    expect(parameters(second)).toEqual({ 'u_{{ a }}': 'x', y: 'z' });
    expect(whole?.params).toBeInstanceOf(Template);
  });

  test('vars as a list: the later counts; another thing in it is refused at its place', async () => {
    const playbook = await load('- hosts: all\n  vars: [{a: 1}, {b: 2}, {a: 3}]\n');
    expect(toPlain(playbook.plays[0]?.vars ?? null)).toEqual({ a: 3, b: 2 });
    expect(await found('- hosts: all\n  vars: [{a: 1}, b]\n')).toEqual(['play.yml:2:9 playbook-invalid']);
    expect(await found('- hosts: all\n  vars: [{1a: 1}]\n')).toEqual(['play.yml:2:11 playbook-invalid']);
  });

  test('a strategy can be a template over -e and the variables of the play', async () => {
    const text = '- hosts: all\n  vars: {s: host_pinned}\n  strategy: "{{ s }}"\n';
    expect((await load(text)).plays[0]?.strategy).toBe('free');
    expect((await load(text, { extraVars: new Map([['s', 'linear']]) })).plays[0]?.strategy).toBe('linear');
    expect(await found(text, { extraVars: new Map([['s', 'debug']]) })).toEqual([
      'play.yml:3:13 not-supported Supported are linear, free and host_pinned.',
    ]);
  });

  test('blocks hand down conditions, tags and variables', async () => {
    const playbook = await load(
      '- hosts: all\n  tags: p\n  no_log: yes\n  tasks:\n    - block:\n        - debug: {msg: a}\n          when: b\n          tags: [t]\n          vars: {v: 2, w: 3}\n      rescue:\n        - meta: noop\n      when: a\n      vars: {v: 1}\n      tags: x,y\n',
    );
    const [task, rescue] = tasksOf(playbook);
    expect(task?.when.map((condition) => condition.value)).toEqual(['a', 'b']);
    expect(task?.tags).toEqual(['p', 'x', 'y', 't']);
    expect(toPlain(task?.vars ?? null)).toEqual({ v: 2, w: 3 });
    expect([task?.noLog, rescue?.action.kind]).toEqual([true, 'meta']);
    expect(task?.id.split(' > ').map((part) => part.replace(/^.*\//, ''))).toEqual([
      'play.yml:1',
      'play.yml:5',
      'play.yml:6',
    ]);
  });

  test('ids differ for tasks on one line', async () => {
    const ids = tasksOf(await load('- hosts: all\n  tasks: [{debug: {msg: a}}, {debug: {msg: b}}]\n')).map(
      (task) => task.id,
    );
    expect(new Set(ids).size).toBe(2);
  });

  test('imports keep conditions and are read beside the file that imports', async () => {
    const tasks = tasksOf(
      await load({
        'play.yml': inTasks('- import_tasks: sub/a.yml\n  when: x\n  tags: i'),
        'sub/a.yml': '- import_tasks: b.yml\n',
        'sub/b.yml': '- debug: {msg: b}\n  when: y\n',
      }),
    );
    expect(tasks.map((task) => [task.when.map((one) => one.value), task.tags])).toEqual([[['x', 'y'], ['i']]]);
  });
});

describe('roles', () => {
  const base = {
    'roles/base/tasks/main.yml': '- debug: {msg: base}\n  notify: go\n',
    'roles/base/handlers/main.yaml': '- name: go\n  debug: {msg: go}\n',
    'roles/base/defaults/main.yml': 'a: base\n',
    'roles/base/vars/main.yml': 'v: base\n',
    'roles/one/meta/main.yml': 'dependencies:\n  - role: base\n',
    'roles/one/tasks/main.yml': '- debug: {msg: one}\n',
    'roles/one/defaults/main.yml': 'b: one\n',
    'roles/two/meta/main.yml': 'dependencies: [base]\n',
    'roles/two/tasks/main.yml': '- debug: {msg: two}\n',
  };
  const messages = (playbook: Playbook) =>
    tasksOf(playbook).map((task) => (parameters(task) as { readonly msg: string }).msg);

  test('dependencies come first, once for the same use', async () => {
    const playbook = await load({ ...base, 'play.yml': '- hosts: all\n  roles: [one, two]\n' });
    // What is behind a host is told in the run: the second use of `base` is there for hosts on which all of the first was skipped.
    expect(messages(playbook)).toEqual(['base', 'one', 'base', 'two']);
    expect(playbook.plays[0]?.handlers.map((handler) => handler.name)).toEqual(['go']);
    expect(toPlain(playbook.plays[0]?.roleDefaults ?? null)).toEqual({ a: 'base', b: 'one' });
    expect(toPlain(playbook.plays[0]?.roleVars ?? null)).toEqual({ v: 'base' });
  });

  test('a condition on a role reaches its dependencies, and another condition is another use', async () => {
    const playbook = await load({
      ...base,
      'play.yml':
        '- hosts: all\n  roles:\n    - {role: one, when: x}\n    - {role: two, when: y, level: 80, vars: {q: 1}}\n',
    });
    expect(messages(playbook)).toEqual(['base', 'one', 'base', 'two']);
    const tasks = tasksOf(playbook);
    expect(tasks.map((task) => task.when.map((one) => one.value))).toEqual([['x'], ['x'], ['y'], ['y']]);
    expect(toPlain(tasks[3]?.role?.params ?? null)).toEqual({ level: 80 });
    expect(toPlain(tasks[3]?.role?.vars ?? null)).toEqual({ v: 'base', level: 80, q: 1 });
  });

  test('import_role', async () => {
    const files = { ...base, 'roles/base/tasks/other.yml': '- debug: {msg: other}\n' };
    const text = inTasks('- import_role: {name: base, tasks_from: other}');
    expect(messages(await load({ ...files, 'play.yml': text }))).toEqual(['other']);
  });

  test('a missing role has the nearest name', async () => {
    expect(await found({ ...base, 'play.yml': '- hosts: all\n  roles: [bsae, {role: twoo}]\n' })).toEqual([
      'play.yml:2:11 role-not-found Did you mean "base"?',
      'play.yml:2:24 role-not-found Did you mean "two"?',
    ]);
  });
});

describe('what is refused, all together', () => {
  test.each<[string, string, readonly string[]]>([
    [
      'a parameter beside its module',
      '- registry:\n  path: a\n  key: b',
      [
        'play.yml:3:7 param-invalid',
        'play.yml:4:7 keyword-unknown It is a parameter of registry: indent it, so that it stands below that.',
        'play.yml:5:7 keyword-unknown It is a parameter of registry: indent it, so that it stands below that.',
      ],
    ],
    ['keywords', '- debug: {msg: a}\n  whne: x', ['play.yml:4:7 keyword-unknown Did you mean "when"?']],
    ['no action', '- name: x', ['play.yml:3:7 playbook-invalid Name a module in it.']],
    ['two actions', '- debug: {msg: a}\n  command: b', ['play.yml:4:7 playbook-invalid Make two tasks of it.']],
    [
      'a module',
      '- debgu: {msg: a}\n- debugg: x',
      ['play.yml:3:7 module-unknown Did you mean "debug"?', 'play.yml:4:7 module-unknown Did you mean "debug"?'],
    ],
    ['a module of Ansible', '- win_feature: {name: x}', ['play.yml:3:7 module-unknown']],
    ['a parameter', '- registry: {path: a, stat: b}', ['play.yml:3:27 param-invalid Did you mean "state"?']],
    ['a missing parameter', '- registry: {state: b}', ['play.yml:3:7 param-invalid']],
    ['a choice', '- registry: {key: a, state: wrong}', ['play.yml:3:26 param-invalid']],
    ['free text', '- debug: hello', ['play.yml:3:14 param-invalid Write parameters as "name: value".']],
    [
      'an absent file of include_tasks, and keywords that are not its own',
      '- include_tasks: x.yml\n- include_tasks: "{{ x }}.yml"\n  retries: 2',
      [
        'play.yml:3:22 file-not-found Looked in FOLDER.',
        'play.yml:5:7 playbook-invalid Put it under "apply:" of the include, which hands it to what is included.',
      ],
    ],
    ['an absent file of include', '- include: x.yml a=1', ['play.yml:3:16 file-not-found']],
    [
      'register at an import',
      '- import_tasks: x.yml\n  register: r',
      ['play.yml:3:21 file-not-found', 'play.yml:4:7 playbook-invalid Put it at the tasks in it.'],
    ],
    ['a rescue alone', '- name: x\n  rescue: []', ['play.yml:3:7 playbook-invalid']],
    ['an absent file', '- import_tasks: x.yml', ['play.yml:3:21 file-not-found']],
    [
      'a bad register',
      '- debug: {msg: a}\n  register: a-b',
      [
        'play.yml:4:17 playbook-invalid A name is letters, digits and underscores, begins with no digit, and is no word of Python’s own.',
      ],
    ],
    ['a bad tag', '- debug: {msg: a}\n  tags: {a: b}', ['play.yml:4:13 playbook-invalid']],
  ])('%s', async (_name, tasks, expected) => {
    expect(await found(inTasks(tasks))).toEqual(expected);
  });

  test('values that are wrong are left to the run where the playbook deals with a failure; unknown names are not', async () => {
    const wrong = 'registry: {key: a, state: wrong}';
    const tasks = [
      `- {${wrong}, ignore_errors: true}`,
      `- {${wrong}, register: r, failed_when: r is not failed}`,
      `- block: [{${wrong}}]\n  rescue: [{debug: {msg: a}}]`,
      '- {registry: {state: absent}, ignore_errors: "{{ x }}"}',
    ].join('\n');
    await expect(load(inTasks(tasks))).resolves.toBeDefined();
    expect(await found(inTasks(`- {${wrong}, ignore_errors: false}`))).toHaveLength(1);
    expect(await found(inTasks('- {registry: {path: a, stat: b}, ignore_errors: true}'))).toHaveLength(1);
  });

  test('templates and conditions that do not parse', async () => {
    const lines = await found(inTasks('- debug: {msg: "{{ a b }}"}\n  when: a ==\n- debug: {msg: "{{ x"}'));
    expect(lines.map((line) => line.split(' ')[1])).toEqual(['template-syntax', 'template-syntax', 'template-syntax']);
  });

  test('become', async () => {
    const lines = await found('- hosts: all\n  become: perhaps\n  become_flags: x\n');
    expect(lines.map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual([
      'play.yml:2:11 playbook-invalid',
      'play.yml:3:3 not-supported',
    ]);
    await expect(load('- hosts: all\n  become: no\n  become_user: x\n')).resolves.toMatchObject({
      plays: [{ hosts: 'all' }],
    });
  });

  test('async that would not be waited for', async () => {
    const lines = await found(inTasks('- {debug: {msg: a}, async: 5, poll: 0}\n- {debug: {msg: a}, async: x}\n'));
    expect(lines.map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual([
      'play.yml:3:41 not-supported',
      'play.yml:4:32 playbook-invalid',
    ]);
    await expect(
      load(inTasks('- {debug: {msg: a}, async: 0, poll: 0}\n- {debug: {msg: a}, poll: 0}\n')),
    ).resolves.toBeDefined();
  });

  test('plays: keywords, hosts, files', async () => {
    const lines = await found('- host: all\n  vars_files: [none.yml]\n  fact_path: /x\n  vars: {a-b: 1}\n');
    expect(lines.map((line) => line.split(' ').slice(0, 2).join(' ')).sort()).toEqual([
      'play.yml:1:3 keyword-unknown',
      'play.yml:1:3 playbook-invalid',
      'play.yml:2:16 file-not-found',
      'play.yml:3:3 not-supported',
      'play.yml:4:10 playbook-invalid',
    ]);
  });

  test('not a playbook', async () => {
    expect(await found('a: b\n')).toEqual(['play.yml:1:1 playbook-invalid Start each play with "- hosts: …".']);
  });
});

test('import_playbook puts plays in place', async () => {
  const playbook = await load({
    'play.yml': '- import_playbook: sub/other.yml\n  tags: t\n- hosts: b\n',
    'sub/other.yml': '- hosts: a\n  vars_files: v.yml\n  tasks:\n    - debug: {msg: a}\n',
    'sub/v.yml': 'x: 1\n',
  });
  expect(playbook.plays.map((play) => [play.hosts, play.tags])).toEqual([
    ['a', ['t']],
    ['b', []],
  ]);
  expect(playbook.files).toHaveLength(3);
});
