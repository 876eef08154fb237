import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { RatchetError, type Secrets, type StampedEvent } from '@ratchet/core';

/** Where a run writes what it did. Appends resolve once the line is on disk. */
export interface Journal {
  readonly folder: string;
  append(event: StampedEvent): Promise<void>;
  /** Writes a `.reg` backup beside the journal, synced, mode 0600; returns its path. */
  backup(name: string, bytes: Uint8Array): Promise<string>;
  close(): Promise<void>;
}

interface Waiting {
  readonly line: string;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

const writeError = (folder: string, cause: unknown): RatchetError =>
  new RatchetError('journal-write', `The run's journal in ${folder} cannot be written: ${(cause as Error).message}`, {
    hint: 'Free space or make the folder writable, then run again; no host is changed before its intent is on disk.',
    cause,
  });

/**
 * Opens the journal of a run in `runsFolder/<run>/` (folder mode 0700, files 0600). Events of many hosts that wait at the
 * same time share one write and one sync. Errors: `journal-write`.
 */
export const openJournal = async (runsFolder: string, run: string, secrets: Secrets): Promise<Journal> => {
  const folder = join(runsFolder, run);
  let file: FileHandle;
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    file = await open(join(folder, 'journal.jsonl'), 'ax', 0o600);
  } catch (error) {
    throw writeError(folder, error);
  }
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
        await file.datasync();
        for (const entry of batch) entry.resolve();
      } catch (error) {
        broken ??= writeError(folder, error);
        for (const entry of batch) entry.reject(broken);
      }
    }
    running = false;
  };

  return {
    folder,
    append: (event) =>
      new Promise<void>((resolve, reject) => {
        const line = `${JSON.stringify(secrets.maskDeep(event), (_, value) => (typeof value === 'bigint' ? value.toString() : value))}\n`;
        waiting.push({ line, resolve, reject });
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
        throw writeError(folder, error);
      }
      return path;
    },
    close: () => file.close(),
  };
};
