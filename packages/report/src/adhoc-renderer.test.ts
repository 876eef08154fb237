import { describe, expect, test } from '@jest/globals';
import type { RunEvent } from '@ratchet/core';
import { type AdhocLook, adhocRenderer } from './adhoc-renderer.js';
import { captured, render, sample, taskFinished } from './sample-events.js';

const shown = async (events: readonly RunEvent[], look: Partial<AdhocLook> = {}) => {
  const capture = captured();
  await render(adhocRenderer(capture.options, { text: false, oneLine: false, ...look }), events);
  return { out: capture.out(), err: capture.err() };
};

const end = (event: Partial<Parameters<typeof taskFinished>[0]>): RunEvent =>
  taskFinished({ task: 't', host: 'h', outcome: 'ok', ...event });

const ran = end({ outcome: 'changed', result: { changed: true, rc: 0, stdout: 'a\nb', stderr: 'e' } });
const failed = end({
  outcome: 'failed',
  result: { rc: 3, stdout: 'a', stderr: '', failed: true },
  failure: { code: 'command-failed', message: 'non-zero return code', hint: 'Look.' },
});

describe('output of one task', () => {
  test('is JSON without banners and without a recap', async () => {
    const { out } = await shown([
      sample.play('ad hoc', ['h']),
      sample.task('t', 'ping'),
      end({ result: { ping: 'pong', changed: false, diff: {}, _ansible_x: 1 } }),
      sample.end({ h: sample.recap({ ok: 1 }) }),
    ]);
    expect(out).toBe('h | SUCCESS => {\n    "changed": false,\n    "ping": "pong"\n}\n');
  });

  test('of a module that speaks is what it says', async () => {
    const { out } = await shown([end({ spoken: true, result: { changed: false, msg: 'x' } })], { oneLine: true });
    expect(out).toBe('h | SUCCESS => {"msg": "x"}\n');
  });

  test('of a command is what it printed', async () => {
    const look = { text: true };
    expect((await shown([ran], look)).out).toBe('h | CHANGED | rc=0 >>\na\nb\ne\n');
    expect((await shown([failed], look)).out).toBe('h | FAILED | rc=3 >>\na\nnon-zero return code\n  hint: Look.\n');
    expect((await shown([ran], { text: true, oneLine: true })).out).toBe(
      'h | CHANGED | rc=0 | (stdout) a\\nb (stderr) e\n',
    );
  });

  test('tells failures, unreachable hosts and what was skipped', async () => {
    const failure = { code: 'unreachable', message: 'no\u001b route' } as const;
    const { out } = await shown([
      end({ outcome: 'failed', result: { changed: false, msg: 'x', failed: true } }),
      end({ host: 'g', outcome: 'unreachable', failure }),
      end({ host: 'f', outcome: 'skipped' }),
    ]);
    expect(out).toBe(
      [
        'h | FAILED! => {\n    "changed": false,\n    "msg": "x"\n}',
        'g | UNREACHABLE! => {\n    "changed": false,\n    "msg": "no\\u001b route",\n    "unreachable": true\n}',
        'f | SKIPPED\n',
      ].join('\n'),
    );
  });

  test('warns where no host matched and names what is owed', async () => {
    const { out, err } = await shown([
      { type: 'no_hosts', play: 0, pattern: 'x' },
      sample.end({}, { debts: { h: [{ kind: 'restart', reason: 'SCHANNEL was changed' }] } }),
    ]);
    expect([out, err]).toEqual([
      'h is owed a restart: SCHANNEL was changed\n',
      '[WARNING]: No hosts matched, nothing to do\n',
    ]);
  });
});
