import { expect, test } from '@jest/globals';
import { Gate } from './gate.js';

test('lets so many pass at once, in their order, also after one that failed', async () => {
  const gate = new Gate(2);
  const begun: number[] = [];
  const ends: ((error?: Error) => void)[] = [];
  const works = [0, 1, 2, 3].map((number) =>
    gate.within(() => {
      begun.push(number);
      return new Promise<void>((resolve, reject) => {
        ends[number] = (error) => (error ? reject(error) : resolve());
      });
    }),
  );
  works[0]?.catch(() => undefined);
  expect(begun).toEqual([0, 1]);
  ends[0]?.(new Error('failed'));
  await expect(works[0]).rejects.toThrow('failed');
  expect(begun).toEqual([0, 1, 2]);
  ends[2]?.();
  await works[2];
  expect(begun).toEqual([0, 1, 2, 3]);
  ends[1]?.();
  ends[3]?.();
  await Promise.all(works.slice(1));
  await gate.within(async () => begun.push(4));
  expect(begun.at(-1)).toBe(4);
});
