import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RatchetError, type StampedEvent } from '@ratchet/core';
import { decode } from './recorded-data.js';

/** The journal's own version; a reader refuses a later one. Since 3 steps are named by files as they lie from the working folder, since 4 by salted hashes. */
export const JOURNAL_VERSION = 4;

/** A journal as read: its events in order, and how many bytes of the file they take (a torn last line comes after). */
export interface RecordedRun {
  readonly folder: string;
  readonly events: readonly StampedEvent[];
  readonly wholeBytes: number;
  readonly torn: boolean;
}

const damaged = (path: string, line: number, why: string, cause?: unknown): RatchetError =>
  new RatchetError('journal-damaged', `The journal ${path} is damaged at line ${line}: ${why}.`, {
    hint: 'Compare the hosts with the .reg backups beside it; what it says after that line cannot be trusted.',
    cause,
  });

const parseLine = (path: string, text: string, line: number, last: number): StampedEvent => {
  let event: unknown;
  try {
    event = decode(JSON.parse(text));
  } catch (cause) {
    throw damaged(path, line, 'it is not JSON', cause);
  }
  const { type, seq } = (event ?? {}) as { readonly type?: unknown; readonly seq?: unknown };
  if (typeof type !== 'string' || typeof seq !== 'number') throw damaged(path, line, 'it is not an event');
  if (seq !== last + 1) throw damaged(path, line, `event ${last + 1} is missing, the next is ${seq}`);
  return event as StampedEvent;
};

const checkVersion = (path: string, first: StampedEvent | undefined): void => {
  if (!first) return;
  if (first.type !== 'run_started') throw damaged(path, 1, 'it does not begin with the start of a run');
  const version = first.journal ?? 1;
  if (version <= JOURNAL_VERSION) return;
  throw new RatchetError(
    'journal-damaged',
    `The journal ${path} is of version ${version}; this Ratchet reads up to ${JOURNAL_VERSION}.`,
    {
      hint: `It was written by Ratchet ${first.version}; use that or a later one.`,
    },
  );
};

/**
 * Reads the journal of a run folder. A torn last line (no line end: the controller died while writing it) is left out; the host
 * was not touched on its account, since it was never on disk as a whole. Errors: `file-not-found`, `file-unreadable`, and
 * `journal-damaged` with the line for any other damage or a later version.
 */
export const readJournal = async (folder: string): Promise<RecordedRun> => {
  const path = join(folder, 'journal.jsonl');
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    throw new RatchetError(
      missing ? 'file-not-found' : 'file-unreadable',
      missing ? `There is no journal ${path}.` : `The journal ${path} cannot be read: ${(cause as Error).message}`,
      { hint: 'ratchet runs lists the runs of this folder.', cause },
    );
  }
  const wholeBytes = bytes.lastIndexOf(10) + 1;
  const lines = bytes.subarray(0, wholeBytes).toString('utf8').split('\n').slice(0, -1);
  const events: StampedEvent[] = [];
  for (const [index, line] of lines.entries()) events.push(parseLine(path, line, index + 1, events.at(-1)?.seq ?? 0));
  checkVersion(path, events[0]);
  return { folder, events, wholeBytes, torn: wholeBytes < bytes.length };
};
