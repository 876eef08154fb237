import { appendFileSync, closeSync, fdatasync, openSync, writeFileSync } from 'node:fs';
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { RatchetError, type Secrets, type StampedEvent } from '@ratchet/core';
import type { RecordedRun } from './read-journal.js';
import { encode } from './recorded-data.js';
import { claim } from './run-owner.js';
import { syncRule } from './sync-rule.js';
import { writeError } from './write-error.js';

/** Where a run writes what it did. Appends resolve once the line is written, and synced where `syncRule` asks for it. */
export interface Journal {
  readonly folder: string;
  append(event: StampedEvent): Promise<void>;
  /** Writes a `.reg` backup beside the journal, synced, mode 0600; returns its path. */
  backup(name: string, bytes: Uint8Array): Promise<string>;
  close(): Promise<void>;
}

const datasync = promisify(fdatasync);

const cannotBeWritten = (folder: string): string => `The run's journal in ${folder} cannot be written`;

/** `run`: the run that goes on in the folder; a new one has changed nothing yet. */
const attempt = async <T>(folder: string, work: () => Promise<T>, run?: string): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    throw error instanceof RatchetError ? error : writeError(cannotBeWritten(folder), error, run);
  }
};

/** With the folders above it. Where a disk refuses one (read-only, say), `mkdir`'s own `recursive` tells only that the one above is not there. */
const makeFolder = async (folder: string): Promise<void> => {
  try {
    await mkdir(folder, { mode: 0o700 });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return;
    if (code !== 'ENOENT' || dirname(folder) === folder) throw error;
    await makeFolder(dirname(folder));
    await mkdir(folder, { mode: 0o700 });
  }
};

/**
 * Opens the journal of a new run in `runsFolder/<run>/` (folder mode 0700, files 0600). Events of many hosts that wait
 * at the same time share one sync. Errors: `journal-write`.
 */
export const openJournal = async (runsFolder: string, run: string, secrets: Secrets): Promise<Journal> => {
  const folder = join(runsFolder, run);
  const file = await attempt(folder, async () => {
    await makeFolder(folder);
    return open(join(folder, 'journal.jsonl'), 'ax', 0o600);
  });
  return journalOver(folder, file, await claim(folder), secrets);
};

/**
 * Opens the journal of a run that is continued: what is torn off at its end is cut away, and events are appended.
 * Errors: `journal-write`; `host-locked` while the run's own process still lives.
 */
export const reopenJournal = async ({ folder, wholeBytes }: RecordedRun, secrets: Secrets): Promise<Journal> => {
  const release = await claim(folder, basename(folder));
  const file = await attempt(
    folder,
    async () => {
      const handle = await open(join(folder, 'journal.jsonl'), 'a', 0o600);
      await handle.truncate(wholeBytes);
      return handle;
    },
    basename(folder),
  );
  return journalOver(folder, file, release, secrets);
};

/** Syncs a file for all who wait: one sync for everything that was written before it began. */
const sharedSync = (file: FileHandle): (() => Promise<void>) => {
  let running: Promise<void> | undefined;
  let next: Promise<void> | undefined;
  const begin = (): Promise<void> => {
    next = undefined;
    running = file.datasync().finally(() => {
      running = undefined;
    });
    return running;
  };
  return () => {
    if (!running) return begin();
    // What runs may have begun before the line was there. Whether it fails is for those who wait for it.
    next ??= running.then(begin, begin);
    return next;
  };
};

const journalOver = (folder: string, file: FileHandle, release: () => Promise<void>, secrets: Secrets): Journal => {
  const mustSync = syncRule();
  const synced = sharedSync(file);
  let broken: RatchetError | undefined;

  const append = async (event: StampedEvent): Promise<void> => {
    if (broken) throw broken;
    const line = `${JSON.stringify(encode(secrets.maskDeep(event)))}\n`;
    try {
      // At once: a line goes to the system's memory in less time than it takes to hand it to another thread.
      appendFileSync(file.fd, line);
      if (mustSync(event)) await synced();
    } catch (error) {
      broken ??= writeError(cannotBeWritten(folder), error, basename(folder));
      throw broken;
    }
  };

  return {
    folder,
    append,
    backup: async (name, bytes) => {
      const path = join(folder, name);
      try {
        const opened = openSync(path, 'wx', 0o600);
        try {
          writeFileSync(opened, bytes);
          await datasync(opened);
        } finally {
          closeSync(opened);
        }
      } catch (error) {
        throw writeError(cannotBeWritten(folder), error, basename(folder));
      }
      return path;
    },
    close: async () => {
      await file.close();
      await release();
    },
  };
};
