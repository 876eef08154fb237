import type { Writable } from 'node:stream';
import { type CommandInput, RatchetError } from '@ratchet/core';

/** The bound on a command's output when none is given, in bytes. */
export const DEFAULT_MAX_OUTPUT = 64 * 1024 * 1024;

/** The error for a command that was cut by its time limit. */
export const commandTimeout = (host: string, timeoutMs: number): RatchetError =>
  new RatchetError('timeout', `The command did not end within ${timeoutMs / 1000} s and was given up.`, {
    hint: 'The process may still run on the host.',
    place: { at: 'host', host },
  });

/** The error for a command that was cut by Ctrl-C or by another failure. */
export const commandInterrupted = (host: string): RatchetError =>
  new RatchetError('interrupted', 'The command was given up before its end.', {
    hint: 'The process may still run on the host.',
    place: { at: 'host', host },
  });

/** The error for a command that writes more than the caller wants to hold. */
export const tooMuchOutput = (host: string, limit: number): RatchetError =>
  new RatchetError('host-output', `The command wrote more than ${limit} bytes and was given up.`, {
    place: { at: 'host', host },
    details: { limit },
  });

/** A stream as the input that a dialogue with a command has. */
export const inputOf = (stream: Writable): CommandInput => ({
  write: (bytes) => {
    if (stream.writable) stream.write(bytes);
  },
  end: () => {
    if (stream.writable) stream.end();
  },
});

/** Bytes of both streams up to a common bound. */
export class OutputBuffer {
  readonly stdout: Buffer[] = [];
  readonly stderr: Buffer[] = [];
  #size = 0;
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** False when the bound is passed. */
  add(stream: 'stdout' | 'stderr', chunk: Buffer): boolean {
    this.#size += chunk.length;
    if (this.#size > this.#limit) return false;
    this[stream].push(chunk);
    return true;
  }
}

/** The error for a file operation on a host; details `{missing}` or `{exists}` say what a caller may decide on. */
export const fileError = (
  host: string,
  verb: string,
  path: string,
  cause: unknown,
  details: { readonly missing?: true; readonly exists?: true; readonly denied?: true } = {},
): RatchetError => {
  const why = details.missing ? 'it does not exist' : details.exists ? 'it exists already' : messageOf(cause);
  return new RatchetError(
    details.denied ? 'access-denied' : 'command-failed',
    `The file ${path} cannot be ${verb}: ${why}.`,
    { place: { at: 'host', host }, details, cause, hint: hintFor(verb, details) },
  );
};

const WRITING: readonly string[] = ['written', 'created'];

const hintFor = (
  verb: string,
  details: { readonly missing?: true; readonly exists?: true; readonly denied?: true },
): string | undefined => {
  if (details.denied) return 'Log in with an account that may do that.';
  if (details.missing || details.exists || !WRITING.includes(verb)) return undefined;
  return 'Look whether the disk of the host is full, or another program holds the file.';
};

const messageOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));
