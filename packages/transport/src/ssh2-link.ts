import { connect as connectSocket, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { RatchetError } from '@ratchet/core';
import type { Client, SFTPWrapper } from 'ssh2';
import { isRefusal, whileRefused } from './channel-retry.js';
import type { Endpoint } from './endpoint.js';
import { hostKeyAlgorithms, judgeHostKey } from './host-keys.js';
import { appendKnownHost, readKnownHosts } from './known-hosts.js';
import { commandInterrupted } from './results.js';
import { authError, authHandler, planAuth, type Ssh2 } from './ssh2-auth.js';

/** Logging in may take longer than the connect timeout on a Windows host in a domain; milliseconds. */
const LOGIN_MS = 30_000;

/** What ssh2 throws when its socket is gone and the close event is still to come. */
const NOT_CONNECTED = 'Not connected';

/** One live, authenticated SSH connection. It is never revived: a lost link is replaced by a fresh one. */
export class Ssh2Link {
  readonly client: Client;
  /** Rejects when the link is lost, with `unreachable`; never resolves. */
  readonly lost: Promise<never>;
  readonly #host: string;
  #closed = false;
  #retired = false;
  #users = 0;
  #sftp: Promise<SFTPWrapper> | undefined;

  constructor(client: Client, host: string, onLost: () => void) {
    this.client = client;
    this.#host = host;
    let cause: unknown;
    client.on('error', (error) => {
      cause = error;
    });
    this.lost = new Promise<never>((_resolve, reject) => {
      client.once('close', () => {
        this.#closed = true;
        onLost();
        reject(linkLost(host, cause));
      });
    });
    this.lost.catch(() => undefined);
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** The link's one SFTP session, opened at first use. */
  sftp(): Promise<SFTPWrapper> {
    if (this.#sftp) return this.#sftp;
    const session = whileRefused(() => this.#openSftp());
    const forget = (): void => {
      if (this.#sftp === session) this.#sftp = undefined;
    };
    session.then((sftp) => sftp.once('close', forget), forget);
    this.#sftp = session;
    return session;
  }

  async #openSftp(): Promise<SFTPWrapper> {
    const opened = new Promise<SFTPWrapper>((resolve, reject) => {
      this.client.sftp((error, sftp) => {
        if (!error) sftp.on('error', () => undefined);
        if (error) reject(error);
        else resolve(sftp);
      });
    });
    try {
      return await Promise.race([opened, this.lost]);
    } catch (error) {
      if (this.#closed || !(error instanceof Error) || error.message === NOT_CONNECTED)
        throw linkLost(this.#host, error, true);
      throw new RatchetError('unreachable', `${this.#host} does not open an SFTP session: ${error.message}.`, {
        hint: 'The line "Subsystem sftp sftp-server.exe" must be in the host\'s sshd_config.',
        place: { at: 'host', host: this.#host },
        details: isRefusal(error) ? { refused: true, notSent: true } : {},
        cause: error,
      });
    }
  }

  /** Runs something on the link and counts it as a user of it until it has ended. */
  async hold<T>(act: () => Promise<T>): Promise<T> {
    this.#users += 1;
    try {
      return await act();
    } finally {
      this.#users -= 1;
      if (this.#retired && this.#users === 0) this.end();
    }
  }

  /** Ends the link as soon as nothing runs on it. */
  endWhenIdle(): void {
    this.#retired = true;
    if (this.#users === 0) this.end();
  }

  /** Says goodbye, and does not wait for the host's answer for longer than a second. */
  end(): void {
    if (this.#closed) return;
    this.client.end();
    const force = setTimeout(() => this.client.destroy(), 1000);
    this.lost.catch(() => clearTimeout(force));
  }

  destroy(): void {
    this.client.destroy();
  }
}

/** The error for a link that broke while something waited for it; `notSent` when nothing was asked of the host yet. */
export const linkLost = (host: string, cause: unknown, notSent = false): RatchetError =>
  new RatchetError('unreachable', `The connection to ${host} was lost${reason(cause)}.`, {
    hint: notSent ? undefined : 'What the host was told to do may have been done, in part or in whole.',
    place: { at: 'host', host },
    details: notSent ? { lost: true, notSent: true } : { lost: true },
    cause,
  });

const reason = (cause: unknown): string => (cause instanceof Error ? ` (${cause.message})` : '');

const unreachable = (host: string, endpoint: Endpoint, why: string, cause?: unknown): RatchetError =>
  new RatchetError('unreachable', `${endpoint.address}:${endpoint.port} cannot be reached: ${why}.`, {
    hint: 'Check ansible_host and ansible_port, the firewall, and that the sshd service runs.',
    place: { at: 'host', host },
    details: { notSent: true },
    cause,
  });

/** A stream to the server itself: a TCP socket of our own, or a channel of the hop before. */
const openStream = (endpoint: Endpoint): Socket =>
  connectSocket({ host: endpoint.address, port: endpoint.port, noDelay: true, keepAlive: true });

export interface OpenOptions {
  readonly ssh2: Ssh2;
  readonly host: string;
  readonly endpoint: Endpoint;
  /** The channel of the hop before; without it a TCP connection is made. */
  readonly through?: Duplex | undefined;
  readonly onLost: () => void;
  /** Gives the attempt up (`interrupted`). */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Connects, checks the host key, logs in.
 * @throws `unreachable` (refused, no answer within the connect timeout), `host-key`, `auth`.
 */
export const openLink = async (options: OpenOptions): Promise<Ssh2Link> => {
  const { ssh2, host, endpoint } = options;
  const known = await readKnownHosts([...endpoint.hostKeys.userFiles, ...endpoint.hostKeys.globalFiles]);
  const plan = await planAuth(ssh2, host, endpoint);
  if (options.signal?.aborted) throw commandInterrupted(host);
  const client = new ssh2.Client();
  const stream = options.through ?? openStream(endpoint);
  let passwordAllowed = true;
  let refusal: RatchetError | undefined;

  const verifyKey = (key: Buffer, answer: (valid: boolean) => void): void => {
    const judged = judgeHostKey(host, endpoint, known, key);
    if (judged.verdict === 'refused') refusal = judged.error;
    if (judged.verdict === 'unsafe') passwordAllowed = false;
    const file = endpoint.hostKeys.userFiles[0];
    if (judged.verdict !== 'store' || file === undefined) {
      answer(judged.verdict !== 'refused');
      return;
    }
    appendKnownHost(file, judged.name, key).then(
      () => answer(true),
      (cause: unknown) => {
        refusal = new RatchetError('host-key', `The new key of ${judged.name} cannot be stored in ${file}.`, {
          place: { at: 'host', host },
          cause,
        });
        answer(false);
      },
    );
  };

  await new Promise<void>((resolve, reject) => {
    let phase: 'connect' | 'login' = 'connect';
    let timer = setTimeout(giveUp, endpoint.connectTimeoutMs);
    function giveUp(): void {
      const seconds = (phase === 'connect' ? endpoint.connectTimeoutMs : LOGIN_MS) / 1000;
      fail(
        unreachable(
          host,
          endpoint,
          `no ${phase === 'connect' ? 'SSH answer' : 'end of the login'} within ${seconds} s`,
        ),
      );
    }
    const onAbort = (): void => fail(commandInterrupted(host));
    options.signal?.addEventListener('abort', onAbort, { once: true });
    function settle(): void {
      clearTimeout(timer);
      options.signal?.removeEventListener('abort', onAbort);
    }
    function fail(error: RatchetError): void {
      settle();
      client.destroy();
      stream.destroy();
      reject(refusal ?? error);
    }
    stream.on('error', (error) => fail(unreachable(host, endpoint, error.message || String(error), error)));
    client.on('error', (error: Error & { level?: string }) => {
      if (error.level === 'agent') return;
      if (error.level === 'client-authentication') fail(authError(host, endpoint, plan));
      else fail(unreachable(host, endpoint, error.message, error));
    });
    client.once('close', () => fail(unreachable(host, endpoint, 'the connection was closed before the login ended')));
    client.once('handshake', () => {
      phase = 'login';
      clearTimeout(timer);
      timer = setTimeout(giveUp, LOGIN_MS);
    });
    client.once('ready', () => {
      settle();
      resolve();
    });
    const begin = (): void => {
      client.connect({
        sock: stream,
        username: endpoint.user,
        readyTimeout: 0,
        keepaliveInterval: endpoint.keepaliveIntervalMs,
        keepaliveCountMax: endpoint.keepaliveCountMax,
        algorithms: { serverHostKey: hostKeyAlgorithms(endpoint, known) },
        hostVerifier: verifyKey,
        authHandler: authHandler(plan, () => passwordAllowed) as never,
      });
    };
    if (options.through) begin();
    else stream.once('connect', begin);
  });
  return new Ssh2Link(client, host, options.onLost);
};
