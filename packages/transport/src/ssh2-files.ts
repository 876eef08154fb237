import { type FileTransfer, RatchetError } from '@ratchet/core';
import type { SFTPWrapper } from 'ssh2';
import { fileError } from './results.js';
import { noAnswer, OPERATION_MS, READ_MS, sendingMs } from './sftp-time.js';
import type { Ssh2Link } from './ssh2-link.js';

/** SFTP status codes (draft-ietf-secsh-filexfer-02, section 7). */
const NO_SUCH_FILE = 2;
const PERMISSION_DENIED = 3;

const statusOf = (error: unknown): unknown => (error as { code?: unknown } | undefined)?.code;

/** SFTP over the connection's link; `withLink` hands in a live one and holds its loss against the operation. */
export const sftpFiles = (
  host: string,
  withLink: <T>(use: (link: Ssh2Link) => Promise<T>) => Promise<T>,
  operationMs = OPERATION_MS,
): FileTransfer => {
  const call = <T>(
    act: (sftp: SFTPWrapper, done: (error: unknown, value?: T) => void) => void,
    ms = operationMs,
  ): Promise<T> =>
    withLink(async (link) => {
      const sftp = await link.sftp();
      let timer: NodeJS.Timeout | undefined;
      const answered = new Promise<T>((resolve, reject) => {
        timer = setTimeout(() => reject(noAnswer(host, ms)), ms);
        link.lost.catch(reject);
        act(sftp, (error, value) => {
          // ssh2 fails what is pending just before it says that the link is gone; the loss is the truer reason.
          if (error && statusOf(error) === undefined) setImmediate(() => reject(error));
          else if (error) reject(error);
          else resolve(value as T);
        });
      });
      return await answered.finally(() => clearTimeout(timer));
    });

  const failure = (verb: string, path: string, error: unknown): RatchetError => {
    if (error instanceof RatchetError) return error;
    const status = statusOf(error);
    if (status === NO_SUCH_FILE) return fileError(host, verb, path, error, { missing: true });
    if (status === PERMISSION_DENIED) return fileError(host, verb, path, error, { denied: true });
    return fileError(host, verb, path, error);
  };

  const attempt = async <T>(
    verb: string,
    path: string,
    act: Parameters<typeof call<T>>[0],
    ms = operationMs,
  ): Promise<T> => {
    try {
      return await call<T>(act, ms);
    } catch (error) {
      throw failure(verb, path, error);
    }
  };

  const kindOf = async (path: string): Promise<'file' | 'folder' | undefined> => {
    try {
      const folder = await call<boolean>((sftp, done) =>
        sftp.stat(path, (error, stats) => done(error, stats?.isDirectory())),
      );
      return folder ? 'folder' : 'file';
    } catch (error) {
      if (statusOf(error) === NO_SUCH_FILE) return undefined;
      throw failure('looked at', path, error);
    }
  };

  const makeFolder = async (path: string): Promise<void> => {
    try {
      await call<void>((sftp, done) => sftp.mkdir(path, done));
    } catch (error) {
      if ((await kindOf(path)) === 'folder') return;
      const parent = path.replace(/\/+[^/]+\/*$/, '');
      if (statusOf(error) !== NO_SUCH_FILE || parent === path || parent === '') throw failure('created', path, error);
      await makeFolder(parent);
      await attempt<void>('created', path, (sftp, done) => sftp.mkdir(path, done));
    }
  };

  /** Makes a new file. One that could be made and not filled (a full disk) is taken away: it would look like another's. */
  const create = async (path: string, bytes: Buffer, ms: number): Promise<void> => {
    let made = false;
    try {
      await call<void>(
        (sftp, done) =>
          sftp.open(path, 'wx', (refused, handle) => {
            if (refused) return done(refused);
            made = true;
            const close = (failed?: unknown): void => sftp.close(handle, (unclosed) => done(failed ?? unclosed));
            if (bytes.length === 0) close();
            else sftp.write(handle, bytes, 0, bytes.length, 0, close);
          }),
        ms,
      );
    } catch (error) {
      if (error instanceof RatchetError) throw error;
      // Version 3 of the protocol has no status for "exists": it is looked up after the refusal.
      if (!made && statusOf(error) !== NO_SUCH_FILE && (await kindOf(path)) !== undefined)
        throw fileError(host, 'written', path, error, { exists: true });
      // That it could not be filled is what is to be told, whatever comes of taking it away.
      if (made) await Promise.allSettled([call<void>((sftp, done) => sftp.unlink(path, done))]);
      throw failure('written', path, error);
    }
  };

  return {
    read: (path) => attempt<Uint8Array>('read', path, (sftp, done) => sftp.readFile(path, done), READ_MS),
    write: async (path, bytes, options = {}) => {
      const ms = sendingMs(bytes.length, operationMs);
      const flag = options.inPlace === true ? 'r+' : 'w';
      if (options.exclusive === true) await create(path, Buffer.from(bytes), ms);
      else
        await attempt<void>(
          'written',
          path,
          (sftp, done) => sftp.writeFile(path, Buffer.from(bytes), { flag }, done),
          ms,
        );
    },
    modified: (path) =>
      attempt<number>('looked at', path, (sftp, done) => sftp.stat(path, (error, stats) => done(error, stats?.mtime))),
    remove: (path) => attempt<void>('removed', path, (sftp, done) => sftp.unlink(path, done)),
    exists: async (path) => (await kindOf(path)) !== undefined,
    makeFolder,
    times: (path) =>
      attempt('looked at', path, (sftp, done) =>
        sftp.stat(path, (error, stats) => done(error, stats && { atime: stats.atime, mtime: stats.mtime })),
      ),
  };
};
