import { setTimeout as pauseFor } from 'node:timers/promises';
import { type ExecOptions, type ExecResult, RatchetError } from '@ratchet/core';
import type { ClientChannel } from 'ssh2';
import { commandInterrupted, commandTimeout, DEFAULT_MAX_OUTPUT, OutputBuffer, tooMuchOutput } from './results.js';
import type { Ssh2Link } from './ssh2-link.js';

const stdinBytes = (stdin: string | Uint8Array | undefined): Buffer | undefined => {
  if (stdin === undefined) return undefined;
  return typeof stdin === 'string' ? Buffer.from(stdin, 'utf8') : Buffer.from(stdin);
};

/** Whether the host refused the channel itself (RFC 4254, section 5.1), so that the command has not reached it. */
const isOpenFailure = (error: Error & { reason?: unknown }): boolean => error.reason !== undefined;

/**
 * Runs one command on a link, without a terminal. Resolves when the channel is closed, so that output that comes
 * after the exit status is kept; the exit code is the full 32-bit number, unsigned.
 */
const execOnce = (link: Ssh2Link, host: string, command: string, options: ExecOptions): Promise<ExecResult> => {
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
              details: isOpenFailure(error) ? { notSent: true } : {},
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

/** Milliseconds between attempts to open a channel: a host may give a session's place back after its end is told. */
const RETRY_MS = [20, 50, 100, 200, 400, 800] as const;

/**
 * Runs one command on a link, and tries again for about 1.5 s while the host has no channel free: a command whose
 * channel was refused has not been started.
 * @throws `unreachable`, `timeout`, `interrupted`, `host-output`.
 */
export const execOnLink = async (
  link: Ssh2Link,
  host: string,
  command: string,
  options: ExecOptions,
): Promise<ExecResult> => {
  for (const pause of RETRY_MS) {
    try {
      return await execOnce(link, host, command, options);
    } catch (error) {
      if (!(error instanceof RatchetError) || error.details['notSent'] !== true) throw error;
      await pauseFor(pause);
      if (options.signal?.aborted) throw commandInterrupted(host);
    }
  }
  return await execOnce(link, host, command, options);
};
