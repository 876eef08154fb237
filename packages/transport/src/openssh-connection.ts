import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Connection,
  type ExecOptions,
  type ExecResult,
  type FileTransfer,
  Gate,
  RatchetError,
} from '@ratchet/core';
import type { ConnectionSettings } from './endpoint.js';
import { opensshFiles } from './openssh-files.js';
import { collectProcess } from './process-output.js';
import { commandInterrupted } from './results.js';

/** Like the ssh2 connection: below sshd's MaxSessions of 10. */
const CHANNELS = 8;

/** What ssh itself exits with when the connection fails; a remote command may end with the same. */
const SSH_FAILED = 255;

/** The master ends by itself after this many idle seconds, should this process be killed. */
const PERSIST_SECONDS = 60;

/** Logging in through the system's ssh may ask an agent or a token; milliseconds beyond the connect timeout. */
const LOGIN_MS = 30_000;

type Settings = ConnectionSettings & { readonly kind: 'openssh' };

const runProgram = async (
  host: string,
  file: string,
  args: readonly string[],
  options: ExecOptions,
): Promise<ExecResult> => {
  if (options.signal?.aborted) throw commandInterrupted(host);
  const { execa } = await import('execa');
  const child = execa(file, args, { reject: false, buffer: false, encoding: 'buffer', stdin: 'pipe' });
  return await collectProcess(
    child,
    host,
    options,
    () => child.kill(),
    (cause) =>
      new RatchetError('unreachable', `The program ${file} cannot be started.`, {
        hint: 'Install the OpenSSH client, or write ansible_connection: ssh.',
        place: { at: 'host', host },
        cause,
      }),
  );
};

/** What ssh said, as an error. Its messages are English everywhere (OpenSSH is not localized). */
export const sshFailure = (host: string, stderr: Uint8Array): RatchetError => {
  const said = Buffer.from(stderr).toString('utf8').trim();
  const last = said.split(/\r?\n/).at(-1) ?? '';
  const place = { at: 'host', host } as const;
  if (/Host key verification failed|IDENTIFICATION HAS CHANGED|REVOKED HOST KEY|host key is known for/.test(said))
    return new RatchetError('host-key', `ssh refuses the host key: ${said}`, { place });
  if (/Permission denied|Too many authentication failures|No more authentication methods/.test(last))
    return new RatchetError('auth', `ssh cannot log in: ${last}`, {
      hint: 'Check ansible_user, and the key or the agent.',
      place,
    });
  return new RatchetError('unreachable', `ssh cannot connect: ${last || 'it gave no reason'}.`, {
    hint: 'Try the same with ssh -v.',
    place,
  });
};

/** A connection over the system's ssh: one master (ControlMaster) whose socket is in a private folder. */
export class OpensshConnection implements Connection {
  readonly kind = 'openssh';
  readonly host: string;
  readonly files: FileTransfer;
  readonly #settings: Settings;
  readonly #channels = new Gate(CHANNELS);
  #master: Promise<string> | undefined;

  constructor(settings: Settings) {
    this.#settings = settings;
    this.host = settings.host;
    this.files = opensshFiles(settings.host, (batch, timeoutMs) => this.#sftp(batch, timeoutMs));
  }

  exec(command: string, options: ExecOptions = {}): Promise<ExecResult> {
    return this.#withMaster((shared) =>
      runProgram(this.host, 'ssh', ['-T', ...shared, '--', this.#settings.address, command], options),
    );
  }

  #sftp(batch: string, timeoutMs: number): Promise<ExecResult> {
    const asked = { stdin: batch, timeoutMs };
    return this.#withMaster((shared) =>
      runProgram(this.host, 'sftp', ['-q', '-b', '-', ...shared, '--', this.#settings.address], asked),
    );
  }

  /** Runs a program over the master; an end with 255 is the connection's only when the master is gone, too. */
  #withMaster(run: (shared: readonly string[]) => Promise<ExecResult>): Promise<ExecResult> {
    return this.#channels.within(async () => {
      const folder = await this.#current();
      const result = await run(this.#sharedArguments(folder));
      if (result.code !== SSH_FAILED || (await this.#alive(folder))) return result;
      await this.reset();
      const lost = sshFailure(this.host, result.stderr);
      throw new RatchetError(lost.code, lost.message, {
        hint: 'What the host was told to do may have been done, in part or in whole.',
        place: lost.place,
        details: { lost: true },
      });
    });
  }

  #sharedArguments(folder: string): readonly string[] {
    return ['-o', 'ControlMaster=no', '-o', `ControlPath=${join(folder, 'c')}`, ...this.#settings.args];
  }

  async #alive(folder: string): Promise<boolean> {
    const args = [...this.#sharedArguments(folder), '-O', 'check', '--', this.#settings.address];
    return (await runProgram(this.host, 'ssh', args, {})).code === 0;
  }

  #current(): Promise<string> {
    if (this.#master) return this.#master;
    const master = this.#startMaster();
    this.#master = master;
    master.catch(() => {
      if (this.#master === master) this.#master = undefined;
    });
    return master;
  }

  /** Starts a master and waits until it is logged in; gives the folder of its socket. */
  async #startMaster(): Promise<string> {
    // A socket's path is at most 104 bytes on macOS, whose tmpdir alone takes 49.
    const folder = mkdtempSync(join(tmpdir(), 'rt-'));
    try {
      const { args, address, connectTimeoutMs } = this.#settings;
      const control = ['-o', 'ControlMaster=yes', '-o', `ControlPath=${join(folder, 'c')}`];
      const persist = ['-o', `ControlPersist=${PERSIST_SECONDS}`];
      const result = await runProgram(this.host, 'ssh', ['-f', '-N', ...control, ...persist, ...args, '--', address], {
        timeoutMs: connectTimeoutMs + LOGIN_MS,
      });
      if (result.code !== 0) throw sshFailure(this.host, result.stderr);
      return folder;
    } catch (error) {
      rmSync(folder, { recursive: true, force: true });
      if (error instanceof RatchetError && error.code === 'timeout')
        throw new RatchetError(
          'unreachable',
          `${this.#settings.address} cannot be reached: ssh did not end its login.`,
          {
            place: { at: 'host', host: this.host },
          },
        );
      throw error;
    }
  }

  async reset(): Promise<void> {
    const master = this.#master;
    this.#master = undefined;
    const folder = await master?.catch(() => undefined);
    if (folder === undefined) return;
    const args = [...this.#sharedArguments(folder), '-O', 'exit', '--', this.#settings.address];
    await runProgram(this.host, 'ssh', args, {});
    rmSync(folder, { recursive: true, force: true });
  }

  close(): Promise<void> {
    return this.reset();
  }
}
