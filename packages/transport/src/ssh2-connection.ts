import type { Connection, ExecOptions, ExecResult, FileTransfer } from '@ratchet/core';
import type { ConnectionSettings } from './endpoint.js';
import { openThroughJumps } from './jump.js';
import { Semaphore } from './semaphore.js';
import type { Ssh2 } from './ssh2-auth.js';
import { commandInterrupted, execOnLink } from './ssh2-exec.js';
import { sftpFiles } from './ssh2-files.js';
import type { Ssh2Link } from './ssh2-link.js';

/** sshd allows 10 sessions on a connection (MaxSessions): 8 commands, one SFTP session, one in reserve. */
const CHANNELS = 8;

/** ssh2 is loaded at the first connection, so that commands without one start fast. */
const loadSsh2 = async (): Promise<Ssh2> => {
  const loaded: Ssh2 & { readonly default?: Ssh2 } = await import('ssh2');
  return loaded.default ?? loaded;
};

/** A connection over the ssh2 library: one link for all commands and files, replaced when it is lost. */
export class Ssh2Connection implements Connection {
  readonly kind = 'ssh';
  readonly host: string;
  readonly files: FileTransfer;
  readonly #settings: ConnectionSettings & { readonly kind: 'ssh' };
  readonly #channels = new Semaphore(CHANNELS);
  #link: Promise<Ssh2Link> | undefined;

  constructor(settings: ConnectionSettings & { readonly kind: 'ssh' }) {
    this.#settings = settings;
    this.host = settings.host;
    this.files = sftpFiles(settings.host, async (use) => use(await this.#current()));
  }

  async exec(command: string, options: ExecOptions = {}): Promise<ExecResult> {
    const leave = await this.#channels.enter();
    try {
      if (options.signal?.aborted) throw commandInterrupted(this.host);
      return await execOnLink(await this.#current(), this.host, command, options);
    } finally {
      leave();
    }
  }

  /** The live link, or a new one; callers at the same moment share one attempt. */
  #current(): Promise<Ssh2Link> {
    if (this.#link) return this.#link;
    const { endpoint, jumps, host } = this.#settings;
    const forget = (): void => {
      if (this.#link === link) this.#link = undefined;
    };
    const link: Promise<Ssh2Link> = loadSsh2().then((ssh2) => openThroughJumps(ssh2, host, endpoint, jumps, forget));
    this.#link = link;
    link.catch(forget);
    return link;
  }

  async reset(): Promise<void> {
    const link = this.#link;
    this.#link = undefined;
    if (!link) return;
    const live = await link.catch(() => undefined);
    if (!live || live.closed) return;
    const gone = live.lost.catch(() => undefined);
    live.destroy();
    await gone;
  }

  async close(): Promise<void> {
    const link = this.#link;
    this.#link = undefined;
    const live = await link?.catch(() => undefined);
    if (!live || live.closed) return;
    const gone = live.lost.catch(() => undefined);
    live.end();
    const force = setTimeout(() => live.destroy(), 1000);
    await gone;
    clearTimeout(force);
  }
}
