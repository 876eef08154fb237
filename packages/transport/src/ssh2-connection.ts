import {
  type Connection,
  type ExecOptions,
  type ExecResult,
  type FileTransfer,
  Gate,
  RatchetError,
} from '@ratchet/core';
import { isUnsent } from './channel-retry.js';
import type { ConnectionSettings } from './endpoint.js';
import { openThroughJumps } from './jump.js';
import { commandInterrupted } from './results.js';
import type { Ssh2 } from './ssh2-auth.js';
import { execOnLink } from './ssh2-exec.js';
import { sftpFiles } from './ssh2-files.js';
import type { Ssh2Link } from './ssh2-link.js';

/** sshd allows 10 sessions on a connection (MaxSessions): 8 commands, one SFTP session, one in reserve. */
const CHANNELS = 8;

/** ssh2 is loaded at the first connection, so that commands without one start fast. */
const loadSsh2 = async (): Promise<Ssh2> => {
  const loaded: Ssh2 & { readonly default?: Ssh2 } = await import('ssh2');
  return loaded.default ?? loaded;
};

/** Waits for a connection no longer than the caller wants; the attempt itself goes on, others may wait for it. */
const orAborted = async <T>(host: string, waited: Promise<T>, signal: AbortSignal | undefined): Promise<T> => {
  if (!signal) return await waited;
  let onAbort = (): void => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    onAbort = () => reject(commandInterrupted(host));
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([waited, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
};

/** A connection over the ssh2 library: one link for all commands and files, replaced when it is lost. */
export class Ssh2Connection implements Connection {
  readonly kind = 'ssh';
  readonly host: string;
  readonly files: FileTransfer;
  readonly #settings: ConnectionSettings & { readonly kind: 'ssh' };
  readonly #channels = new Gate(CHANNELS);
  #link: Promise<Ssh2Link> | undefined;
  /** Gives up the attempt to connect that `#link` stands for; without effect once it is connected. */
  #attempt: AbortController | undefined;

  constructor(settings: ConnectionSettings & { readonly kind: 'ssh' }) {
    this.#settings = settings;
    this.host = settings.host;
    this.files = sftpFiles(settings.host, (use) => this.#withLink(use));
  }

  exec(command: string, options: ExecOptions = {}): Promise<ExecResult> {
    return this.#channels.within(async () => {
      if (options.signal?.aborted) throw commandInterrupted(this.host);
      const { signal } = options;
      return await this.#withLink(async (link) => {
        try {
          return await execOnLink(link, this.host, command, options);
        } catch (error) {
          if (error instanceof RatchetError && error.code === 'timeout') await this.#retire(link);
          throw error;
        }
      }, signal);
    });
  }

  /** Uses the live link; when it breaks before anything was asked of the host, once more with a fresh one. */
  async #withLink<T>(use: (link: Ssh2Link) => Promise<T>, signal?: AbortSignal): Promise<T> {
    const link = await orAborted(this.host, this.#current(), signal);
    try {
      return await link.hold(() => use(link));
    } catch (error) {
      if (!isUnsent(error)) throw error;
      await this.#retire(link);
      const fresh = await orAborted(this.host, this.#current(), signal);
      return await fresh.hold(() => use(fresh));
    }
  }

  /** The live link, or a new one; callers at the same moment share one attempt. */
  #current(): Promise<Ssh2Link> {
    if (this.#link) return this.#link;
    const { endpoint, jumps, host } = this.#settings;
    const forget = (): void => {
      if (this.#link === link) this.#link = undefined;
    };
    const attempt = new AbortController();
    const link: Promise<Ssh2Link> = loadSsh2().then((ssh2) =>
      openThroughJumps(ssh2, host, endpoint, jumps, forget, attempt.signal),
    );
    this.#attempt = attempt;
    this.#link = link;
    link.catch(forget);
    return link;
  }

  /**
   * A link on which a channel fell silent is not used again: the channel may count against MaxSessions for ever, and
   * the link may be dead. What still runs on it may end.
   */
  async #retire(silent: Ssh2Link): Promise<void> {
    const link = this.#link;
    silent.endWhenIdle();
    const current = await link?.catch(() => undefined);
    if (current === silent && this.#link === link) this.#link = undefined;
  }

  async reset(): Promise<void> {
    const link = this.#link;
    this.#link = undefined;
    if (!link) return;
    this.#attempt?.abort();
    const live = await link.catch(() => undefined);
    if (!live || live.closed) return;
    const gone = live.lost.catch(() => undefined);
    live.destroy();
    await gone;
  }

  async close(): Promise<void> {
    const link = this.#link;
    this.#link = undefined;
    this.#attempt?.abort();
    const live = await link?.catch(() => undefined);
    if (!live || live.closed) return;
    const gone = live.lost.catch(() => undefined);
    live.end();
    await gone;
  }
}
