import { describe, expect, test } from '@jest/globals';
import { judge, median, showTables } from './summary.js';

const all = [
  { name: 'a', seconds: [3, 1, 2], processor: [3, 1, 2], peaks: [80_000_000, 90_000_000, 70_000_000] },
  { name: 'b', seconds: [1, 1, 4], processor: [1, 1, 4], peaks: [1_000_000] },
];

describe('the summary of a benchmark', () => {
  test('takes the middle value, or the mean of the two in the middle', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2.5);
    expect(median([])).toBeNaN();
  });

  test('holds ratios and memory against the promises', () => {
    const verdicts = judge(all, [
      { of: 'a', to: 'b', limit: 1.5, direction: 'at most' },
      { of: 'a', to: 'b', limit: 2, direction: 'at least' },
      { of: 'a', limit: 150, direction: 'at most' },
      { of: 'a', to: 'c', limit: 1, direction: 'at most' },
    ]);
    expect(verdicts.map(({ value, met }) => [value, met])).toEqual([
      [2, false],
      [2, true],
      [90, true],
      [null, null],
    ]);
  });

  test('shows two tables', () => {
    const text = showTables(all, judge(all, [{ of: 'a', limit: 150, direction: 'at most' }]));
    expect(text).toContain('| a | 2.00 s | 1.00 s | 3.00 s | 2.00 s | 90 MB |');
    expect(text).toContain('| a: peak memory | 90 MB | at most 150 MB | yes |');
  });
});
