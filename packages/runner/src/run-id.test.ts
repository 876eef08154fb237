import { expect, test } from '@jest/globals';
import { newRunId } from './run.js';

test('ids sort by time, also within one second', () => {
  const ids = Array.from({ length: 200 }, (_, ms) => newRunId(new Date(Date.UTC(2026, 10, 26, 9, 59, 59, 850 + ms))));
  expect([...ids].sort()).toEqual(ids);
  expect(ids[0]).toMatch(/^20261126T095959\.850-[0-9a-f]{4}$/);
});

test('an id of an older version sorts before those of the same second', () => {
  expect('20261126T095959-ffff' < newRunId(new Date(Date.UTC(2026, 10, 26, 9, 59, 59)))).toBe(true);
});
