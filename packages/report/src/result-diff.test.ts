import { describe, expect, test } from '@jest/globals';
import { plainRenderer } from './plain-renderer.js';
import { resultDiff } from './result-diff.js';
import { captured, render, sample, stepFinished, taskFinished } from './sample-events.js';

const diff = (before: unknown, after: unknown, context = 3): string =>
  resultDiff({ diff: { before, after, before_header: 'f' } }, context).join('\n');

describe('the diff of a result', () => {
  test('is a unified one, with lines around each change', () => {
    const lines = Array.from({ length: 20 }, (_, index) => `${index + 1}\n`);
    const changed = [...lines];
    changed[2] = 'three\n';
    changed.splice(15, 2);
    expect(diff(lines.join(''), changed.join(''), 1)).toBe(
      [
        '--- before: f',
        '+++ after',
        '@@ -2,3 +2,3 @@',
        ' 2',
        '-3',
        '+three',
        ' 4',
        '@@ -15,4 +15,2 @@',
        ' 15',
        '-16',
        '-17',
        ' 18',
        '',
      ].join('\n'),
    );
  });

  test('joins changes whose surroundings meet', () => {
    expect(diff('a\nb\nc\n', 'A\nb\nC\n')).toContain('@@ -1,3 +1,3 @@\n-a\n+A\n b\n-c\n+C\n');
  });

  test('of a file that is new, or gone, or ends without a line end', () => {
    expect(diff('', 'a\n')).toContain('@@ -0,0 +1 @@\n+a\n');
    expect(diff('a\nb\n', '')).toContain('@@ -1,2 +0,0 @@\n-a\n-b\n');
    expect(diff('a\n', 'a')).toContain('@@ -1 +1 @@\n-a\n+a\n\\ No newline at end of file\n');
  });

  test('of attributes is one of their JSON', () => {
    expect(diff({ mode: '0600', path: '/f' }, { path: '/f', mode: '0644' })).toContain(
      ' {\n-    "mode": "0600",\n+    "mode": "0644",\n     "path": "/f"\n }\n',
    );
  });

  test('is nothing where both sides are the same or there is none', () => {
    expect(diff('a\n', 'a\n')).toBe('');
    expect(resultDiff(undefined, 3)).toEqual([]);
    expect(resultDiff({ diff: { dst_binary: 1 } }, 3)[0]).toBe('diff skipped: destination file appears to be binary');
  });

  test('of texts that are too long to compare is the whole of both', () => {
    const many = (mark: string): string => Array.from({ length: 2100 }, (_, index) => `${mark}${index}\n`).join('');
    expect(resultDiff({ diff: { before: many('a'), after: many('b') } }, 3)).toHaveLength(4204);
  });
});

describe('plain output', () => {
  const result = { diff: { before: 'a\n', after: 'b\n' } };
  const shown = async (diff: boolean, showDiff?: boolean) => {
    const capture = captured({ diff });
    const more = showDiff === undefined ? {} : { showDiff };
    await render(plainRenderer(capture.options), [
      sample.task('t', 't'),
      stepFinished({ task: 't', host: 'h', outcome: 'changed', item: 'i', result, ...more }),
      taskFinished({ task: 't', host: 'g', outcome: 'changed', result, ...more }),
    ]);
    return capture.out().match(/-a\n\+b\n\nchanged: \[[gh]\]/g) ?? [];
  };

  test('shows diffs above the result where the run or the task asks for them', async () => {
    expect(await shown(true)).toHaveLength(2);
    expect(await shown(false, true)).toHaveLength(2);
    expect(await shown(true, false)).toHaveLength(0);
    expect(await shown(false)).toHaveLength(0);
  });

  test('shows what set_stats gathered where asked', async () => {
    const end = sample.end({}, { stats: { _run: { x: 1, l: ['a'] }, h2: { y: 2 }, h1: { y: 1 } } });
    const asked = captured({ customStats: true });
    await render(plainRenderer(asked.options), [end]);
    expect(asked.out()).toContain('\n\th1: { "y": 1}\n\th2: { "y": 2}\n\n\tRUN: { "l": [  "a" ], "x": 1}\n');
    const silent = captured();
    await render(plainRenderer(silent.options), [end]);
    expect(silent.out()).not.toContain('CUSTOM STATS');
  });
});
