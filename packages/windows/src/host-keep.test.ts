import { describe, expect, test } from '@jest/globals';
import { debtBytes, newestDebts } from './kept-debts.js';
import { hasExpired, lockBytes, lockIn } from './lock-file.js';

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');
const LOCK = { owner: 'ann@build1', run: 'r1', since: '2026-11-25T10:00:00.000Z', life: 300 };

describe('debts in two files', () => {
  const older = text(debtBytes({ number: 4, debts: [{ kind: 'restart', reason: 'Größe “x”' }] }));
  const newer = text(debtBytes({ number: 5, debts: [] }));

  test('the newer list counts, whichever file it stands in; it is ASCII in any code page', () => {
    expect(newestDebts(older + newer)).toEqual({ number: 5, debts: [] });
    expect(newestDebts(newer + older)).toEqual({ number: 5, debts: [] });
    expect(newestDebts(older)?.valueOf()).toEqual({ number: 4, debts: [{ kind: 'restart', reason: 'Größe “x”' }] });
    expect(older).toMatch(/^[\x20-\x7e]*\r\n$/);
  });

  test('a file that was cut off at any byte while it was written leaves the list before', () => {
    for (let length = 0; length < newer.trimEnd().length; length++)
      expect(newestDebts(`${older}${newer.slice(0, length)}`)).toMatchObject({ number: 4 });
  });

  test('nothing is kept where there is no text; text without a list is damaged', () => {
    expect(newestDebts('\r\n')).toBeNull();
    expect(newestDebts('rubbish\r\n')).toBe('damaged');
  });
});

describe('a lock file', () => {
  test('is read as it was written, and all are of one size, so that one can be written over another', () => {
    expect(lockIn(lockBytes(LOCK))).toEqual(LOCK);
    const longest = { ...LOCK, owner: 'ö'.repeat(500), run: 'r'.repeat(500), life: 3600 };
    expect(lockBytes(longest)).toHaveLength(lockBytes(LOCK).length);
  });

  test('that says nothing yet holds for half a minute', () => {
    const empty = lockIn(new Uint8Array());
    expect(hasExpired(empty, 1000, 1030)).toBe(false);
    expect(hasExpired(empty, 1000, 1031)).toBe(true);
  });

  test('of a clock that was set back by more than its life has expired', () => {
    expect(hasExpired(LOCK, 2000, 1699)).toBe(true);
    expect(hasExpired(LOCK, 2000, 1700)).toBe(false);
  });
});
