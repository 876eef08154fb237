import { type ExecOptions, type ExecResult, RatchetError } from '@ratchet/core';
import type { ClientChannel } from 'ssh2';
import type { Ssh2Link } from './ssh2-link.js';

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

const stdinBytes = (stdin: string | Uint8Array | undefined): Buffer | undefined => {
  if (stdin === undefined) return undefined;
  return typeof stdin === 'string' ? Buffer.from(stdin, 'utf8') : Buffer.from(stdin);
};

/**
 * Runs one command on a link, without a terminal. Resolves when the channel is closed, so that output that comes
 * after the exit status is kept; the exit code is the full 32-bit number, unsigned.
 */
export const execOnLink = (
  link: Ssh2Link,
  host: string,
  command: string,
  options: ExecOptions,
): Promise<ExecResult> => {
  const limit = options.maxOutputBytes ?? DEFAULT_MAX_OUTPUT;
  const output = new OutputBuffer(limit);
  return new Promise<ExecResult>((resolve, reject) => {
    let channel: ClientChannel | undefined;
    let code: number | null = null;
    let signal: string | undefined;
    let exited = false;
    let ended = false;
    let done = false;
    const timer =
      options.timeoutMs === undefined
        ? undefined
        : setTimeout(() => cut(commandTimeout(host, options.timeoutMs ?? 0)), options.timeoutMs);
    const onAbort = (): void => cut(commandInterrupted(host));
    options.signal?.addEventListener('abort', onAbort, { once: true });

    const finish = (): boolean => {
      if (done) return false;
      done = true;
      clearTimeout(timer);
      options.signal?.removeEventListener('abort', onAbort);
      return true;
    };
    const succeed = (): void => {
      if (!finish()) return;
      const result = { code, stdout: Buffer.concat(output.stdout), stderr: Buffer.concat(output.stderr) };
      resolve(signal === undefined ? result : { ...result, signal });
    };
    const cut = (error: RatchetError): void => {
      if (!finish()) return;
      channel?.close();
      reject(error);
    };
    // A link that breaks after the exit status and the end of the output has taken nothing with it.
    link.lost.catch((error: unknown) => {
      if (exited && ended) succeed();
      else if (finish()) reject(error);
    });
    link.client.exec(command, (error, opened) => {
      if (error) {
        if (!link.closed && finish())
          reject(
            new RatchetError('unreachable', `${host} did not open a channel for the command: ${error.message}.`, {
              hint: "MaxSessions in the host's sshd_config may be lower than 10.",
              place: { at: 'host', host },
              cause: error,
            }),
          );
        return;
      }
      channel = opened;
      opened.on('error', () => undefined);
      opened.stderr.on('error', () => undefined);
      if (done) {
        opened.close();
        return;
      }
      const take = (stream: 'stdout' | 'stderr') => (chunk: Buffer) => {
        if (!done && !output.add(stream, chunk)) cut(tooMuchOutput(host, limit));
      };
      opened.on('data', take('stdout'));
      opened.stderr.on('data', take('stderr'));
      opened.on('end', () => {
        ended = true;
      });
      opened.on('exit', (status: number | null, name?: string) => {
        exited = true;
        code = status;
        signal = name;
      });
      opened.on('close', () => {
        if (exited || !link.closed) succeedUnlessCut();
      });
      opened.end(stdinBytes(options.stdin));
    });
    // On a broken link ssh2 closes the channels before it says so; a close without its own reason waits for that.
    const succeedUnlessCut = (): void => {
      setImmediate(() => {
        if (!link.closed || (exited && ended)) succeed();
      });
    };
  });
};
