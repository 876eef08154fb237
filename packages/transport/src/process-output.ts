import type { Readable, Writable } from 'node:stream';
import type { ExecOptions, ExecResult, RatchetError } from '@ratchet/core';
import {
  commandInterrupted,
  commandTimeout,
  DEFAULT_MAX_OUTPUT,
  inputOf,
  OutputBuffer,
  tooMuchOutput,
} from './results.js';

/** What is needed of a child process; node's and execa's have it. */
export interface Child {
  readonly stdin: Writable | null;
  readonly stdout: Readable | null;
  readonly stderr: Readable | null;
  once(event: 'error', listener: (error: Error) => void): unknown;
  once(event: 'close', listener: (code: number | null, signal: string | null) => void): unknown;
}

/**
 * The output and end of a local process, within the bounds of the options. A process that is cut is not waited for:
 * its streams may be held open by others (the master of ssh has them).
 */
export const collectProcess = (
  child: Child,
  host: string,
  options: ExecOptions,
  kill: () => void,
  notStarted: (cause: unknown) => RatchetError,
): Promise<ExecResult> => {
  const limit = options.maxOutputBytes ?? DEFAULT_MAX_OUTPUT;
  const output = new OutputBuffer(limit);
  return new Promise((resolve, reject) => {
    let done = false;
    const finish = (): boolean => {
      if (done) return false;
      done = true;
      clearTimeout(timer);
      options.signal?.removeEventListener('abort', onAbort);
      return true;
    };
    const cut = (error: RatchetError): void => {
      if (!finish()) return;
      kill();
      for (const stream of [child.stdin, child.stdout, child.stderr]) stream?.destroy();
      reject(error);
    };
    const onAbort = (): void => cut(commandInterrupted(host));
    const { timeoutMs } = options;
    const timer =
      timeoutMs === undefined ? undefined : setTimeout(() => cut(commandTimeout(host, timeoutMs)), timeoutMs);
    options.signal?.addEventListener('abort', onAbort, { once: true });
    const take = (stream: 'stdout' | 'stderr') => (chunk: Buffer) => {
      if (done) return;
      if (options.onOutput) options.onOutput(stream, chunk);
      else if (!output.add(stream, chunk)) cut(tooMuchOutput(host, limit));
    };
    child.stdout?.on('data', take('stdout'));
    child.stderr?.on('data', take('stderr'));
    // A command that does not read its input closes it; that is no failure.
    child.stdin?.on('error', () => undefined);
    child.once('error', (cause) => {
      if (finish()) reject(notStarted(cause));
    });
    child.once('close', (code, signal) => {
      if (!finish()) return;
      const result = { code, stdout: Buffer.concat(output.stdout), stderr: Buffer.concat(output.stderr) };
      resolve(signal === null ? result : { ...result, signal });
    });
    if (options.talk && child.stdin) options.talk(inputOf(child.stdin));
    else child.stdin?.end(options.stdin);
  });
};
