import { type ExecOptions, type ExecResult, RatchetError } from '@ratchet/core';
import type { ClientChannel } from 'ssh2';
import { isRefusal, whileRefused } from './channel-retry.js';
import {
  commandInterrupted,
  commandTimeout,
  DEFAULT_MAX_OUTPUT,
  inputOf,
  OutputBuffer,
  tooMuchOutput,
} from './results.js';
import { linkLost, type Ssh2Link } from './ssh2-link.js';

const stdinBytes = (stdin: string | Uint8Array | undefined): Buffer | undefined => {
  if (stdin === undefined) return undefined;
  return typeof stdin === 'string' ? Buffer.from(stdin, 'utf8') : Buffer.from(stdin);
};

const notOpened = (host: string, cause: Error): RatchetError =>
  new RatchetError('unreachable', `${host} did not open a channel for the command: ${cause.message}.`, {
    hint: "MaxSessions in the host's sshd_config may be lower than 10.",
    place: { at: 'host', host },
    details: isRefusal(cause) ? { refused: true, notSent: true } : {},
    cause,
  });

/** What ssh2 says of a channel whose opening was not confirmed before the link broke: its command was not sent. */
const NEVER_OPENED = 'No response from server';

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
    const onOpen = (error: Error | undefined, opened: ClientChannel): void => {
      if (error) {
        if (link.closed && error.message !== NEVER_OPENED) return;
        if (finish()) reject(link.closed ? linkLost(host, error, true) : notOpened(host, error));
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
        if (done) return;
        if (options.onOutput) options.onOutput(stream, chunk);
        else if (!output.add(stream, chunk)) cut(tooMuchOutput(host, limit));
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
      if (options.talk) options.talk(inputOf(opened));
      else opened.end(stdinBytes(options.stdin));
    };
    // On a broken link ssh2 closes the channels before it says so; a close without its own reason waits for that.
    const succeedUnlessCut = (): void => {
      setImmediate(() => {
        if (!link.closed || (exited && ended)) succeed();
      });
    };
    try {
      link.client.exec(command, onOpen);
    } catch (error) {
      // The socket is gone already, and its close event is still to come.
      if (finish()) reject(linkLost(host, error, true));
    }
  });
};

/**
 * Runs one command on a link, and tries again for a moment while the host has no channel free.
 * @throws `unreachable` (details `{lost}` when the link broke, `{notSent}` when the command has not reached the host),
 * `timeout`, `interrupted`, `host-output`.
 */
export const execOnLink = (link: Ssh2Link, host: string, command: string, options: ExecOptions): Promise<ExecResult> =>
  whileRefused(async () => {
    if (options.signal?.aborted) throw commandInterrupted(host);
    return await execOnce(link, host, command, options);
  });
