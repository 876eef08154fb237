import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { openDebtBook } from './debts.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ratchet-debts-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const PAGE = { host: 'web01', debts: [{ kind: 'restart', reason: 'a change', run: 'r1' }] };

test('what was noted is found again, and nothing is left of what is settled', async () => {
  const book = await openDebtBook(join(folder, 'debts'), 'r1');
  await book.set('web01', [{ kind: 'restart', reason: 'a change', run: 'r1' }]);
  expect((await openDebtBook(join(folder, 'debts'), 'r2')).of('web01')).toEqual(PAGE.debts);
  await book.set('web01', []);
  expect((await openDebtBook(join(folder, 'debts'), 'r2')).of('web01')).toEqual([]);
});

test('a page that another run takes away while the folder is read is no damage', async () => {
  await writeFile(join(folder, 'web01.json'), JSON.stringify(PAGE));
  // Listed, and gone when it is opened.
  await symlink(join(folder, 'nowhere'), join(folder, 'web02.json'));
  expect((await openDebtBook(folder, 'r1')).of('web01')).toEqual(PAGE.debts);
});

test('a page that is damaged, and one that cannot be read, are told apart', async () => {
  await mkdir(join(folder, 'web03.json'));
  await expect(openDebtBook(folder, 'r1')).rejects.toMatchObject({ code: 'file-unreadable' });
  await rm(join(folder, 'web03.json'), { recursive: true });
  await writeFile(join(folder, 'web03.json'), '{"host": "web03"');
  await expect(openDebtBook(folder, 'r1')).rejects.toMatchObject({ code: 'journal-damaged' });
});
