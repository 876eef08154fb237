import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { Secrets, type StampedEvent } from '@ratchet/core';
import { openDebtBook } from './debts.js';
import { openJournal } from './journal.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ratchet-journal-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const warning = (seq: number, message: string): StampedEvent => ({
  type: 'warning',
  message,
  seq,
  at: '2026-01-01T00:00:00.000Z',
});

test('events are lines in order, secrets masked, files for the owner alone', async () => {
  const secrets = new Secrets();
  secrets.add('hunter22');
  const journal = await openJournal(folder, 'r1', secrets);
  await Promise.all([1, 2, 3].map((seq) => journal.append(warning(seq, `is hunter22 ${seq}`))));
  await journal.close();
  const path = join(folder, 'r1', 'journal.jsonl');
  const lines = (await readFile(path, 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as StampedEvent);
  expect(lines.map((line) => line.seq)).toEqual([1, 2, 3]);
  expect(lines[0]).toMatchObject({ message: 'is ******** 1' });
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect((await stat(join(folder, 'r1'))).mode & 0o777).toBe(0o700);
});

test('a run folder that cannot be made is a journal-write error', async () => {
  await expect(openJournal('/dev/null/none', 'r1', new Secrets())).rejects.toMatchObject({ code: 'journal-write' });
});

test('a backup that cannot be made names the run to go on with; what cannot be removed at the end is no failure', async () => {
  const journal = await openJournal(folder, 'r1', new Secrets());
  await journal.backup('0001-win1.reg', new Uint8Array([1]));
  await expect(journal.backup('0001-win1.reg', new Uint8Array([2]))).rejects.toMatchObject({
    code: 'journal-write',
    hint: expect.stringContaining('ratchet resume r1'),
  });
  const owner = join(folder, 'r1', 'owner.json');
  await rm(owner);
  await mkdir(join(owner, 'in the way'), { recursive: true });
  await journal.close();
});

test('debts outlive the process; a damaged book is named', async () => {
  const path = join(folder, 'owed');
  const book = await openDebtBook(path, 'r1');
  await book.set('win1', [{ kind: 'restart', reason: 'TLS 1.2' }]);
  expect((await openDebtBook(path, 'r1')).of('win1')).toEqual([{ kind: 'restart', reason: 'TLS 1.2' }]);
  await book.set('win1', []);
  expect((await openDebtBook(path, 'r1')).of('win1')).toEqual([]);
  const mine = await openDebtBook(path, 'r1');
  const yours = await openDebtBook(path, 'r1');
  await mine.set('win1', [{ kind: 'restart', reason: 'mine' }]);
  await yours.set('win/2', [{ kind: 'restart', reason: 'yours' }]);
  const both = await openDebtBook(path, 'r1');
  expect([both.of('win1'), both.of('win/2')]).toMatchObject([[{ reason: 'mine' }], [{ reason: 'yours' }]]);
  await writeFile(join(path, 'win3.json'), '{');
  await expect(openDebtBook(path, 'r1')).rejects.toMatchObject({ code: 'journal-damaged' });
});
