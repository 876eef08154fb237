import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { readJournal } from './read-journal.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ratchet-journal-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const path = (): string => join(folder, 'journal.jsonl');
const line = (seq: number, type = 'warning', more: object = {}): string =>
  `${JSON.stringify({ type, seq, at: '2026-01-01T00:00:00Z', ...more })}\n`;
const start = line(1, 'run_started', { journal: 2, version: '1.0.0' });

describe('a journal', () => {
  test('is its events in order, with whole numbers of any size', async () => {
    await writeFile(
      path(),
      start + line(2, 'warning', { message: { $ratchet: 'int', value: '18446744073709551615' } }),
    );
    const { events, torn } = await readJournal(folder);
    expect(events.map((event) => event.seq)).toEqual([1, 2]);
    expect(events[1]).toMatchObject({ message: 18446744073709551615n });
    expect(torn).toBe(false);
  });

  test('loses a torn last line, and says how much of the file is whole', async () => {
    await writeFile(path(), start + line(2));
    const whole = (await readFile(path())).length;
    await appendFile(path(), line(3).slice(0, -5));
    const { events, torn, wholeBytes } = await readJournal(folder);
    expect(events).toHaveLength(2);
    expect(torn).toBe(true);
    expect(wholeBytes).toBe(whole);
  });

  test.each([
    ['is not JSON', `${start}{"type":\n${line(3)}`, 'line 2'],
    ['is no event', `${start}[1]\n`, 'line 2'],
    ['leaves an event out', start + line(3), 'line 2'],
    ['begins in the middle', line(1), 'line 1'],
  ])('that %s is named with its line', async (_, text, where) => {
    await writeFile(path(), text);
    await expect(readJournal(folder)).rejects.toMatchObject({
      code: 'journal-damaged',
      message: expect.stringContaining(where),
    });
  });

  test('of a later version is refused with the version that wrote it', async () => {
    await writeFile(path(), line(1, 'run_started', { journal: 99, version: '9.1.0' }));
    await expect(readJournal(folder)).rejects.toMatchObject({
      code: 'journal-damaged',
      message: expect.stringContaining('version 99'),
      hint: expect.stringContaining('9.1.0'),
    });
  });

  test('that is not there says so', async () => {
    await expect(readJournal(folder)).rejects.toMatchObject({ code: 'file-not-found' });
  });
});
