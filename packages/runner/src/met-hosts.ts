import { readFileSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RatchetError, type ReadingHabit } from '@ratchet/core';
import { writeError } from './write-error.js';

/**
 * The hosts that runs of this project have reached. Nothing is decided on it: a host that was never met is expected to need changes, so
 * that what these take is asked of it in the first command already; and reads are sent in the way that did the last time.
 */
export interface MetHosts {
  has(host: string): boolean;
  /** Notes a host. Errors: `journal-write`. */
  add(host: string): Promise<void>;
  /** How its reads were best sent; undefined where nobody knows. */
  habit(host: string): ReadingHabit | undefined;
  /** Notes that, for a host that was met. Errors: `journal-write`. */
  note(host: string, habit: ReadingHabit): Promise<void>;
}

const HABITS: readonly string[] = ['line', 'script', 'shell'] satisfies readonly ReadingHabit[];

const namesIn = async (folder: string): Promise<readonly string[]> => {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw new RatchetError('file-unreadable', `The hosts met, in ${folder}, cannot be read: ${String(error)}`, {
      cause: error,
    });
  }
};

/** Opens the list in a folder for a run: a file for each host. A missing folder is an empty list. Errors: `file-unreadable`. */
export const openMetHosts = async (folder: string, run: string): Promise<MetHosts> => {
  const met = new Set(await namesIn(folder));
  const write = async (host: string, content: string): Promise<void> => {
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await writeFile(join(folder, encodeURIComponent(host)), content, { mode: 0o600 });
    } catch (cause) {
      throw writeError(`${host} cannot be noted as met in ${folder}`, cause, run);
    }
  };
  const habit = (host: string): ReadingHabit | undefined => {
    const name = encodeURIComponent(host);
    if (!met.has(name)) return undefined;
    try {
      const found = readFileSync(join(folder, name), 'utf8').trim();
      return HABITS.includes(found) ? (found as ReadingHabit) : undefined;
    } catch {
      // It is a hint: without it the reads are sent as to a stranger.
      return undefined;
    }
  };
  return {
    has: (host) => met.has(encodeURIComponent(host)),
    add: async (host) => {
      const name = encodeURIComponent(host);
      if (met.has(name)) return;
      met.add(name);
      await write(host, '');
    },
    habit,
    note: async (host, found) => {
      if (habit(host) !== found) await write(host, found);
    },
  };
};
