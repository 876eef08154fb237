import { describe, expect, test } from '@jest/globals';
import type { Change, RunEvent } from '@ratchet/core';
import { plainRenderer } from './plain-renderer.js';
import type { RendererOptions } from './renderer.js';
import { captured, render, sample, stepFinished, taskFinished } from './sample-events.js';

const plain = async (events: readonly RunEvent[], options: Partial<RendererOptions> = {}) => {
  const capture = captured(options);
  await render(plainRenderer(capture.options), events);
  return { out: capture.out(), err: capture.err() };
};

const change: Change = {
  kind: 'registry-value',
  path: 'HKEY_LOCAL_MACHINE\\SOFTWARE\\Demo',
  name: 'Enabled',
  before: { type: 'REG_DWORD', number: 0xffffffff },
  after: { type: 'REG_DWORD', number: 1 },
  restart: true,
};

describe('plain output', () => {
  test('shows plays, tasks, handlers, outcomes and the recap as Ansible does', async () => {
    const { out } = await plain([
      sample.play('all', ['h1', 'h2']),
      sample.task('t1', 'role : one'),
      taskFinished({ task: 't1', host: 'h1', outcome: 'ok' }),
      taskFinished({ task: 't1', host: 'h2', outcome: 'changed' }),
      sample.task('t2', 'two'),
      taskFinished({ task: 't2', host: 'h1', outcome: 'skipped' }),
      taskFinished({
        task: 't2',
        host: 'h2',
        outcome: 'failed',
        failure: { code: 'task-failed', message: 'line one\nline two', hint: 'Try less.', place: 'p.yml:5:7' },
      }),
      sample.task('t3', 'restart', true),
      taskFinished({ task: 't3', host: 'h1', outcome: 'changed' }),
      sample.end({ h2: sample.recap({ ok: 1, failed: 1 }), h1: sample.recap({ ok: 12, changed: 1, skipped: 1 }) }),
    ]);
    expect(out).toBe(
      [
        '',
        'PLAY [all] *********************************************************************',
        '',
        'TASK [role : one] **************************************************************',
        'ok: [h1]',
        'changed: [h2]',
        '',
        'TASK [two] *********************************************************************',
        'skipping: [h1]',
        'fatal: [h2]: FAILED! => {"changed": false, "msg": "line one\\nline two"}',
        '  at p.yml:5:7',
        '  hint: Try less.',
        '',
        'RUNNING HANDLER [restart] ******************************************************',
        'changed: [h1]',
        '',
        'PLAY RECAP *********************************************************************',
        'h1                         : ok=12   changed=1    unreachable=0    failed=0    skipped=1    rescued=0    ignored=0   ',
        'h2                         : ok=1    changed=0    unreachable=0    failed=1    skipped=0    rescued=0    ignored=0   ',
        '',
        '',
      ].join('\n'),
    );
  });

  test('shows the line of a failure with a caret', async () => {
    const excerpt = '  at p.yml:5:7\n    - name: two\n          ^';
    const { out } = await plain([
      sample.task('t2', 'two'),
      taskFinished({
        task: 't2',
        host: 'h2',
        outcome: 'failed',
        failure: { code: 'task-failed', message: 'no', place: 'p.yml:5:7', excerpt, hint: 'Try less.' },
      }),
    ]);
    expect(out).toContain(`"msg": "no"}\n${excerpt}\n  hint: Try less.\n`);
  });

  test('shows items of loops, once, with the failure of an ignored one', async () => {
    const { out } = await plain([
      sample.task('t1', 'loop'),
      stepFinished({ task: 't1', host: 'h1', outcome: 'changed', item: 'a' }),
      stepFinished({
        task: 't1',
        host: 'h1',
        outcome: 'failed',
        item: 'b',
        failure: { code: 'command-failed', message: 'boom' },
        result: { rc: 1 },
      }),
      taskFinished({
        task: 't1',
        host: 'h1',
        outcome: 'failed',
        ignored: true,
        items: 2,
        failure: { code: 'command-failed', message: 'boom' },
      }),
      stepFinished({ task: 't1', host: 'h2', outcome: 'skipped', item: 'a' }),
      taskFinished({ task: 't1', host: 'h2', outcome: 'skipped', items: 1 }),
    ]);
    expect(out).toBe(
      [
        '',
        'TASK [loop] ********************************************************************',
        'changed: [h1] => (item=a)',
        'failed: [h1] (item=b) => {"changed": false, "msg": "boom", "rc": 1}',
        '...ignoring',
        'skipping: [h2] => (item=a) ',
        'skipping: [h2]',
        '',
      ].join('\n'),
    );
  });

  test('shows an unreachable host and the end of all hosts', async () => {
    const { out } = await plain([
      sample.task('t1', 'read'),
      taskFinished({
        task: 't1',
        host: 'h1',
        outcome: 'unreachable',
        failure: { code: 'unreachable', message: 'connection refused' },
      }),
      { type: 'no_more_hosts' },
    ]);
    expect(out).toBe(
      [
        '',
        'TASK [read] ********************************************************************',
        'fatal: [h1]: UNREACHABLE! => {"changed": false, "msg": "connection refused", "unreachable": true}',
        '',
        'NO MORE HOSTS LEFT *************************************************************',
        '',
      ].join('\n'),
    );
  });

  test('shows changes before their line under --diff, and results under -v', async () => {
    const events = [
      sample.task('t1', 'set'),
      taskFinished({
        task: 't1',
        host: 'h1',
        outcome: 'changed',
        changes: [change],
        result: { changed: true, size: 2n ** 60n, diff: {} },
      }),
    ];
    const diff = await plain(events, { diff: true });
    expect(diff.out.split('\n').slice(2)).toEqual([
      '  HKEY_LOCAL_MACHINE\\SOFTWARE\\Demo Enabled: dword 4294967295 (0xffffffff) → dword 1 (0x1)',
      'changed: [h1]',
      '',
    ]);
    const verbose = await plain(events, { verbosity: 1 });
    expect(verbose.out.split('\n')[2]).toBe('changed: [h1] => {"changed": true, "size": 1152921504606846976}');
  });

  test('shows what debug says without -v, indented', async () => {
    const { out } = await plain([
      sample.task('t1', 'debug'),
      taskFinished({
        task: 't1',
        host: 'h1',
        outcome: 'ok',
        spoken: true,
        result: { changed: false, msg: 'hello' },
      }),
    ]);
    expect(out.split('\n').slice(2).join('\n')).toBe('ok: [h1] => {\n    "msg": "hello"\n}\n');
  });

  test('lists debts after the recap', async () => {
    const { out } = await plain([
      sample.end(
        { win1: sample.recap({}) },
        {
          debts: {
            win1: [
              { kind: 'restart', reason: 'SCHANNEL was changed' },
              { kind: 'handler', reason: 'tell' },
            ],
          },
        },
      ),
    ]);
    expect(out.split('\n').slice(3)).toEqual([
      '',
      'win1 is owed a restart: SCHANNEL was changed',
      'win1 is owed a handler: tell',
      '',
      '',
    ]);
  });

  test('groups interleaved tasks under their own banners', async () => {
    const { out } = await plain([
      sample.task('t1', 'one'),
      sample.task('t2', 'two'),
      taskFinished({ task: 't1', host: 'h1', outcome: 'ok' }),
      taskFinished({ task: 't2', host: 'h1', outcome: 'ok' }),
      taskFinished({ task: 't1', host: 'h2', outcome: 'ok' }),
    ]);
    expect(
      out
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => line.split(' *')[0]),
    ).toEqual(['TASK [one]', 'ok: [h1]', 'TASK [two]', 'ok: [h1]', 'TASK [one]', 'ok: [h2]']);
  });

  test('-vv names each playbook where it begins, with the number of its plays', async () => {
    const begun: RunEvent = {
      type: 'run_started',
      journal: 1,
      salt: '',
      run: 'r',
      playbooks: ['x/a.yml', 'b.yml'],
      plays: [2, 1],
      user: 'u',
      version: '1',
      fingerprints: { files: {}, hosts: {} },
      check: false,
      options: {},
    };
    const play = (number: number): RunEvent => ({ type: 'play_started', play: number, name: 'p', hosts: [] });
    const events = [begun, play(0), play(1), play(2)];
    const lines = (out: string) => out.split('\n').flatMap((line) => (line === '' ? [] : [line.split(' *')[0]]));
    expect(lines((await plain(events, { verbosity: 2 })).out)).toEqual([
      'PLAYBOOK: a.yml',
      '2 plays in x/a.yml',
      'PLAY [p]',
      'PLAY [p]',
      'PLAYBOOK: b.yml',
      '1 plays in b.yml',
      'PLAY [p]',
    ]);
    expect((await plain(events, { verbosity: 1 })).out).not.toContain('PLAYBOOK');
  });

  test('says when no host matched, and warns on standard error', async () => {
    const { out, err } = await plain([
      { type: 'no_hosts', play: 0, pattern: 'web' },
      { type: 'warning', message: 'Could not match "web"' },
    ]);
    expect(out.split('\n').slice(2)).toEqual(['skipping: no hosts matched', '']);
    expect(err).toBe('[WARNING]: Could not match "web"\n');
  });

  test('C78: nothing is cut to a narrow width, and no control character comes through', async () => {
    const name = 'a task with quite a long name that is wider than forty columns for sure';
    const message = `before \u001b[2J\u0007 after ${'long '.repeat(40)}end`;
    const { out } = await plain(
      [
        sample.task('t1', name),
        taskFinished({ task: 't1', host: 'h2\u001b[0m', outcome: 'failed', failure: { code: 'task-failed', message } }),
      ],
      { width: 40 },
    );
    expect(out).toContain(`TASK [${name}] ***\n`);
    expect(out).toContain('long end"}');
    expect(out).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
    expect(out.trim().split('\n')).toHaveLength(2);
  });

  test('C77: the failure of one host is told once, with host and task, and the others are shown to their end', async () => {
    const { out } = await plain([
      sample.task('slow', 'slow'),
      taskFinished({ task: 'slow', host: 'h2', outcome: 'skipped' }),
      taskFinished({ task: 'slow', host: 'h1', outcome: 'ok' }),
      taskFinished({ task: 'slow', host: 'h3', outcome: 'ok' }),
      sample.task('bad', 'bad'),
      taskFinished({ task: 'bad', host: 'h2', outcome: 'failed', failure: { code: 'task-failed', message: 'boom' } }),
      taskFinished({ task: 'bad', host: 'h1', outcome: 'skipped' }),
      taskFinished({ task: 'bad', host: 'h3', outcome: 'skipped' }),
      sample.task('end', 'end'),
      taskFinished({ task: 'end', host: 'h1', outcome: 'ok' }),
      taskFinished({ task: 'end', host: 'h3', outcome: 'ok' }),
    ]);
    expect(out.match(/boom/g)).toHaveLength(1);
    expect(out).toMatch(/TASK \[bad\] \*+\nfatal: \[h2\]: FAILED! => \{"changed": false, "msg": "boom"\}\n/);
    expect(out).toMatch(/TASK \[end\] \*+\nok: \[h1\]\nok: \[h3\]\n$/);
  });

  test('the stack of a fault of Ratchet itself is told from -vvv on', async () => {
    const failure = {
      code: 'internal',
      message: 'o is not a function',
      hint: 'report it',
      stack: 'TypeError: o\n    at f',
    };
    const events = [sample.task('t1', 'x'), taskFinished({ task: 't1', host: 'h1', outcome: 'failed', failure })];
    expect((await plain(events, { verbosity: 3 })).out).toContain('  hint: report it\n  TypeError: o\n      at f\n');
    expect((await plain(events, { verbosity: 2 })).out).not.toContain('at f');
  });

  test('colours only when told to', async () => {
    const events = [sample.task('t1', 'x'), taskFinished({ task: 't1', host: 'h1', outcome: 'changed' })];
    expect((await plain(events, { colour: true })).out).toContain('\u001b[33mchanged: [h1]\u001b[0m\n');
    expect((await plain(events)).out).not.toContain('\u001b');
  });
});
