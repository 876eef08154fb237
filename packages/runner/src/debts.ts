import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Debt, RatchetError } from '@ratchet/core';
import { z } from 'zod';
import { writeError } from './write-error.js';

const MARKER = z.object({
  bootId: z.number().nullable(),
  bootEvent: z.string().nullable().optional(),
  bootTime: z.string().nullable(),
});

const HANDLER = z.object({
  source: z.string(),
  name: z.string(),
  topics: z.array(z.string()),
  restarts: z.boolean(),
});

const DEBT = z.object({
  kind: z.enum(['restart', 'handler']),
  reason: z.string(),
  run: z.string().optional(),
  boot: MARKER.optional(),
  handler: HANDLER.optional(),
});

const FILE = z.object({ host: z.string(), debts: z.array(DEBT) });

/** What hosts are owed across runs, as this controller knows it. */
export interface DebtBook {
  of(host: string): readonly Debt[];
  /** Replaces a host's debts; on disk (atomically, mode 0600) when it resolves. */
  set(host: string, debts: readonly Debt[]): Promise<void>;
}

const unreadable = (path: string, cause: unknown): RatchetError =>
  new RatchetError('file-unreadable', `What hosts are owed, in ${path}, cannot be read: ${(cause as Error).message}`, {
    cause,
  });

const isMissing = (thrown: unknown): boolean => (thrown as NodeJS.ErrnoException).code === 'ENOENT';

/** The text of a page, or undefined where another run has settled what stood on it since the folder was listed. */
const textOf = async (path: string): Promise<string | undefined> => {
  try {
    return await readFile(path, 'utf8');
  } catch (thrown) {
    if (isMissing(thrown)) return undefined;
    throw unreadable(path, thrown);
  }
};

const readPage = async (path: string): Promise<readonly (readonly [string, readonly Debt[]])[]> => {
  const text = await textOf(path);
  if (text === undefined) return [];
  try {
    const { host, debts } = FILE.parse(JSON.parse(text));
    return [[host, debts as readonly Debt[]]];
  } catch (cause) {
    throw new RatchetError('journal-damaged', `The list of what a host is owed, ${path}, is damaged.`, {
      cause,
      hint: 'Restart the host it is named after, then remove the file.',
    });
  }
};

const readBook = async (folder: string): Promise<Map<string, readonly Debt[]>> => {
  let names: readonly string[];
  try {
    names = await readdir(folder);
  } catch (thrown) {
    if (isMissing(thrown)) return new Map();
    throw unreadable(folder, thrown);
  }
  const pages = names.filter((name) => name.endsWith('.json'));
  return new Map((await Promise.all(pages.map((name) => readPage(join(folder, name))))).flat());
};

/** A host's name as a file name. */
const pageOf = (folder: string, host: string): string => join(folder, `${encodeURIComponent(host)}.json`);

/**
 * Opens the book of debts in a folder for a run, one file for each host that is owed something, so that runs on different hosts do not touch
 * each other's; a missing folder is an empty book. Errors: `file-unreadable`, `journal-damaged`, `journal-write`.
 */
export const openDebtBook = async (folder: string, run: string): Promise<DebtBook> => {
  const book = await readBook(folder);
  const save = async (host: string, debts: readonly Debt[]): Promise<void> => {
    const path = pageOf(folder, host);
    try {
      if (debts.length === 0) return await rm(path, { force: true });
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const fresh = `${path}.${process.pid}.new`;
      await writeFile(fresh, `${JSON.stringify({ host, debts }, null, 2)}\n`, { mode: 0o600, flush: true });
      await rename(fresh, path);
    } catch (cause) {
      throw writeError(`What ${host} is owed cannot be written to ${path}`, cause, run);
    }
  };
  return {
    of: (host) => book.get(host) ?? [],
    set: async (host, debts) => {
      book.set(host, [...debts]);
      await save(host, debts);
    },
  };
};
