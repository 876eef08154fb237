import { spawn } from 'node:child_process';
import { access, mkdir, readFile, stat, unlink, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { type Connection, type ExecOptions, type ExecResult, type FileTransfer, RatchetError } from '@ratchet/core';
import { collectProcess } from './process-output.js';
import { commandInterrupted, fileError } from './results.js';

/** The controller itself: commands through /bin/sh in a folder (the current one unless told), files relative to the home folder. */
export class LocalConnection implements Connection {
  readonly kind = 'local';
  readonly host: string;
  readonly files: FileTransfer;
  readonly #folder: string | undefined;

  constructor(host: string, folder?: string) {
    this.host = host;
    this.#folder = folder;
    this.files = localTransfer(host);
  }

  exec(command: string, options: ExecOptions = {}): Promise<ExecResult> {
    return runLocally(this.host, this.#folder, command, options);
  }

  async reset(): Promise<void> {}

  async close(): Promise<void> {}
}

const runLocally = (
  host: string,
  folder: string | undefined,
  command: string,
  options: ExecOptions,
): Promise<ExecResult> => {
  if (options.signal?.aborted) return Promise.reject(commandInterrupted(host));
  // A process group of its own, so that what the shell has started is cut with it.
  const child = spawn('/bin/sh', ['-c', command], {
    stdio: 'pipe',
    detached: true,
    env: { ...process.env, ...options.env },
    ...(folder === undefined ? {} : { cwd: folder }),
  });
  return collectProcess(
    child,
    host,
    options,
    () => killGroup(child.pid),
    (cause) =>
      new RatchetError('unreachable', '/bin/sh cannot be started here.', { place: { at: 'host', host }, cause }),
  );
};

const killGroup = (pid: number | undefined): void => {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended in the meantime.
  }
};

const localTransfer = (host: string): FileTransfer => {
  const at = (path: string): string => resolve(homedir(), path);
  const attempt = async <T>(verb: string, path: string, act: (path: string) => Promise<T>): Promise<T> => {
    try {
      return await act(at(path));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT') throw fileError(host, verb, path, error, { missing: true });
      if (code === 'EEXIST') throw fileError(host, verb, path, error, { exists: true });
      if (code === 'EACCES' || code === 'EPERM') throw fileError(host, verb, path, error, { denied: true });
      throw fileError(host, verb, path, error);
    }
  };
  return {
    read: (path) => attempt('read', path, (file) => readFile(file)),
    write: (path, bytes, options = {}) =>
      attempt('written', path, (file) => writeFile(file, bytes, { flag: options.exclusive === true ? 'wx' : 'w' })),
    modified: (path) => attempt('looked at', path, async (file) => Math.floor((await stat(file)).mtimeMs / 1000)),
    remove: (path) => attempt('removed', path, (file) => unlink(file)),
    exists: (path) =>
      access(at(path)).then(
        () => true,
        () => false,
      ),
    makeFolder: async (path) => {
      await attempt('created', path, (folder) => mkdir(folder, { recursive: true }));
    },
  };
};
