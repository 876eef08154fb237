import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Debt, RatchetError } from '@ratchet/core';
import { z } from 'zod';

const FILE = z.record(z.string(), z.array(z.object({ kind: z.enum(['restart', 'handler']), reason: z.string() })));

/** What hosts are owed across runs. */
export interface DebtBook {
  of(host: string): readonly Debt[];
  /** Replaces a host's debts; on disk (atomically, mode 0600) when it resolves. */
  set(host: string, debts: readonly Debt[]): Promise<void>;
}

const readBook = async (path: string): Promise<Record<string, readonly Debt[]>> => {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw new RatchetError(
      'file-unreadable',
      `The list of owed restarts ${path} cannot be read: ${(error as Error).message}`,
      { cause: error },
    );
  }
  try {
    return FILE.parse(JSON.parse(text));
  } catch (cause) {
    throw new RatchetError('journal-damaged', `The list of owed restarts ${path} is damaged.`, {
      cause,
      hint: 'Restart the hosts it named, then remove the file.',
    });
  }
};

/** Opens the book of debts at a path; a missing file is an empty book. Errors: `file-unreadable`, `journal-damaged`, `journal-write`. */
export const openDebtBook = async (path: string): Promise<DebtBook> => {
  const book = await readBook(path);
  let last: Promise<void> = Promise.resolve();
  const save = async (): Promise<void> => {
    const owing = Object.fromEntries(Object.entries(book).filter(([, debts]) => debts.length > 0));
    try {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      await writeFile(`${path}.new`, `${JSON.stringify(owing, null, 2)}\n`, { mode: 0o600, flush: true });
      await rename(`${path}.new`, path);
    } catch (cause) {
      throw new RatchetError(
        'journal-write',
        `The list of owed restarts ${path} cannot be written: ${(cause as Error).message}`,
        { cause },
      );
    }
  };
  return {
    of: (host) => book[host] ?? [],
    set: (host, debts) => {
      book[host] = [...debts];
      last = last.then(save, save);
      return last;
    },
  };
};
