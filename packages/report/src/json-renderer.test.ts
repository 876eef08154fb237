import { describe, expect, test } from '@jest/globals';
import { jsonRenderer, ndjsonRenderer } from './json-renderer.js';
import { captured, render, sample, taskFinished } from './sample-events.js';

const failing = taskFinished({
  task: 't1',
  name: 'bad',
  host: 'win1',
  outcome: 'failed',
  failure: { code: 'task-failed', message: 'boom' },
  result: { big: 2n ** 63n },
});

const events = [sample.task('t1', 'bad'), failing, sample.end({ win1: sample.recap({ failed: 1 }) }, { exitCode: 2 })];

describe('json output', () => {
  test('is one document, with failures told on standard error', async () => {
    const capture = captured();
    await render(jsonRenderer(capture.options), events);
    expect(JSON.parse(capture.out())).toEqual({
      run: 'r1',
      hosts: { win1: { ok: 0, changed: 0, unreachable: 0, failed: 1, skipped: 0, rescued: 0, ignored: 0 } },
      exitCode: 2,
    });
    expect(capture.err()).toBe(
      'TASK [bad]\nfatal: [win1]: FAILED! => {"big": 9223372036854775808, "changed": false, "msg": "boom"}\n',
    );
  });

  test('is nothing for a run that never ended', async () => {
    const capture = captured();
    await render(jsonRenderer(capture.options), []);
    expect(capture.out()).toBe('');
  });
});

describe('ndjson output', () => {
  test('is one event a line', async () => {
    const capture = captured();
    await render(ndjsonRenderer(capture.options), events);
    const lines = capture.out().trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line).seq)).toEqual([1, 2, 3]);
    expect(lines[1]).toContain('"big": 9223372036854775808');
  });
});
