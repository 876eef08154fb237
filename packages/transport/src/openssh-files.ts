import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ExecResult, type FileTransfer, RatchetError } from '@ratchet/core';
import { fileError } from './results.js';
import { noAnswer, OPERATION_MS, READ_MS, sendingMs } from './sftp-time.js';

/** Gives a batch to sftp; `timeout` when it has not ended after these milliseconds. */
type Batch = (commands: string, timeoutMs: number) => Promise<ExecResult>;

/** A path as an argument in a batch of sftp, which would expand wildcards in it. */
const quote = (host: string, path: string): string => {
  if (/[*?[\]"\\\r\n]/.test(path))
    throw new RatchetError('not-supported', `The path ${JSON.stringify(path)} cannot be given to sftp.`, {
      hint: 'Use a path without wildcards, quotes, backslashes and line feeds, or ansible_connection: ssh.',
      place: { at: 'host', host },
    });
  return `"${path}"`;
};

/** Files through `sftp -b -`: local copies lie in a private folder as long as a transfer takes. */
export const opensshFiles = (host: string, batch: Batch): FileTransfer => {
  const run = async (verb: string, path: string, commands: string, ms = OPERATION_MS): Promise<void> => {
    const result = await batch(`${commands}\n`, ms).catch((error: unknown) => {
      throw error instanceof RatchetError && error.code === 'timeout' ? noAnswer(host, ms) : error;
    });
    if (result.code === 0) return;
    const said = Buffer.from(result.stderr).toString('utf8').trim();
    // sftp's messages are OpenSSH's own English ones for the protocol's status codes.
    if (/No such file|not found/i.test(said)) throw fileError(host, verb, path, said, { missing: true });
    if (/Permission denied/i.test(said)) throw fileError(host, verb, path, said, { denied: true });
    throw fileError(host, verb, path, said);
  };
  const inFolder = async <T>(act: (file: string) => Promise<T>): Promise<T> => {
    const folder = await mkdtemp(join(tmpdir(), 'rt-'));
    try {
      return await act(join(folder, 'f'));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };
  const exists = async (path: string): Promise<boolean> => {
    try {
      await run('looked at', path, `ls -1 ${quote(host, path)}`);
      return true;
    } catch (error) {
      if (error instanceof RatchetError && error.details['missing'] === true) return false;
      throw error;
    }
  };
  /** The local file beside the path; it is taken away where `use` fails, and what went wrong first is what is told. */
  const beside = async (
    path: string,
    file: string,
    ms: number,
    use: (part: string) => Promise<void>,
  ): Promise<void> => {
    const part = quote(host, `${path}.${randomUUID()}`);
    try {
      await run('written', path, `put ${quote(host, file)} ${part}`, ms);
      await use(part);
    } catch (error) {
      await Promise.allSettled([run('removed', path, `rm ${part}`)]);
      throw error;
    }
  };
  /** SFTP's plain rename does not replace a file, so that one of several writers wins. */
  const putExclusive = (path: string, file: string, ms: number): Promise<void> =>
    beside(path, file, ms, async (part) => {
      try {
        await run('written', path, `rename -l ${part} ${quote(host, path)}`);
      } catch (error) {
        if (await exists(path)) throw fileError(host, 'written', path, error, { exists: true });
        throw error;
      }
    });
  // `put` empties a file before it fills it: one that is renamed over it is whole at any time. Nothing here can refuse to make a file that is
  // missing, and a batch ends at what fails: so the file is looked at by the request before.
  const putInPlace = (path: string, file: string, ms: number): Promise<void> =>
    beside(path, file, ms, async (part) => {
      try {
        await run('written', path, `ls -1 ${quote(host, path)}\nrename ${part} ${quote(host, path)}`);
      } catch (error) {
        if (!(await exists(path))) throw error;
        // A server without `posix-rename@openssh.com` renames over no file.
        await run(
          'written',
          path,
          `ls -1 ${quote(host, path)}\nput ${quote(host, file)} ${quote(host, path)}\nrm ${part}`,
          ms,
        );
      }
    });
  const makeFolder = async (path: string): Promise<void> => {
    if (await exists(path)) return;
    const parent = path.replace(/\/+[^/]+\/*$/, '');
    if (parent !== path && parent !== '') await makeFolder(parent);
    await run('created', path, `mkdir ${quote(host, path)}`);
  };
  return {
    read: (path) =>
      inFolder(async (file) => {
        await run('read', path, `get ${quote(host, path)} ${quote(host, file)}`, READ_MS);
        return await readFile(file);
      }),
    write: (path, bytes, options = {}) =>
      inFolder(async (file) => {
        await writeFile(file, bytes, { mode: 0o600 });
        const ms = sendingMs(bytes.length);
        if (options.exclusive === true) await putExclusive(path, file, ms);
        else if (options.inPlace === true) await putInPlace(path, file, ms);
        else await run('written', path, `put ${quote(host, file)} ${quote(host, path)}`, ms);
      }),
    // sftp lists times to the minute, but can give a copy the time of what it copied.
    modified: (path) =>
      inFolder(async (file) => {
        await run('looked at', path, `get -p ${quote(host, path)} ${quote(host, file)}`, READ_MS);
        return Math.floor((await stat(file)).mtimeMs / 1000);
      }),
    remove: (path) => run('removed', path, `rm ${quote(host, path)}`),
    exists,
    makeFolder,
  };
};
