import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { basename, join } from 'node:path';
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

interface Waiting {
  readonly line: string;
  readonly sync: boolean;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

const cannotBeWritten = (folder: string): string => `The run's journal in ${folder} cannot be written`;

/** `run`: the run that goes on in the folder; a new one has changed nothing yet. */
const attempt = async <T>(folder: string, work: () => Promise<T>, run?: string): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    throw error instanceof RatchetError ? error : writeError(cannotBeWritten(folder), error, run);
  }
};

/**
 * Opens the journal of a new run in `runsFolder/<run>/` (folder mode 0700, files 0600). Events of many hosts that wait at the
 * same time share one write and one sync. Errors: `journal-write`.
 */
export const openJournal = async (runsFolder: string, run: string, secrets: Secrets): Promise<Journal> => {
  const folder = join(runsFolder, run);
  const file = await attempt(folder, async () => {
    await mkdir(folder, { recursive: true, mode: 0o700 });
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

const journalOver = (folder: string, file: FileHandle, release: () => Promise<void>, secrets: Secrets): Journal => {
  const mustSync = syncRule();
  let waiting: Waiting[] = [];
  let running = false;
  let broken: RatchetError | undefined;

  const drain = async (): Promise<void> => {
    running = true;
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      try {
        if (broken) throw broken;
        await file.appendFile(batch.map((entry) => entry.line).join(''));
        if (batch.some((entry) => entry.sync)) await file.datasync();
        for (const entry of batch) entry.resolve();
      } catch (error) {
        broken ??= writeError(cannotBeWritten(folder), error, basename(folder));
        for (const entry of batch) entry.reject(broken);
      }
    }
    running = false;
  };

  return {
    folder,
    append: (event) =>
      new Promise<void>((resolve, reject) => {
        const line = `${JSON.stringify(encode(secrets.maskDeep(event)))}\n`;
        waiting.push({ line, sync: mustSync(event), resolve, reject });
        if (!running) void drain();
      }),
    backup: async (name, bytes) => {
      const path = join(folder, name);
      try {
        const handle = await open(path, 'wx', 0o600);
        try {
          await handle.writeFile(bytes);
          await handle.datasync();
        } finally {
          await handle.close();
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
