import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import {
  access,
  chmod,
  chown,
  lchown,
  link,
  lstat,
  mkdir,
  open,
  readdir,
  readFile,
  readlink,
  realpath,
  rename,
  rm,
  stat,
  symlink,
  utimes,
} from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { basename, dirname, join, resolve as resolvePath } from 'node:path';
import type { FileKind, FileStatus, HostFiles } from '@ratchet/core';
import { accountNames } from './accounts.js';
import { fileError } from './results.js';

interface StatsLike {
  isFile(): boolean;
  isDirectory(): boolean;
  isSymbolicLink(): boolean;
  isBlockDevice(): boolean;
  isCharacterDevice(): boolean;
  isFIFO(): boolean;
}

const kindOf = (stats: StatsLike): FileKind => {
  if (stats.isFile()) return 'file';
  if (stats.isDirectory()) return 'directory';
  if (stats.isSymbolicLink()) return 'link';
  if (stats.isBlockDevice()) return 'block';
  if (stats.isCharacterDevice()) return 'character';
  return stats.isFIFO() ? 'fifo' : 'socket';
};

const NOTHING_THERE = ['ENOENT', 'ENOTDIR'];

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? '';

const seconds = (nanoseconds: bigint): number => Number(nanoseconds) / 1e9;

const statusOf = async (path: string, follow: boolean): Promise<FileStatus | null> => {
  try {
    const found = follow ? await stat(path, { bigint: true }) : await lstat(path, { bigint: true });
    const kind = kindOf(found);
    return {
      kind,
      size: Number(found.size),
      mode: Number(found.mode) & 0o7777,
      uid: Number(found.uid),
      gid: Number(found.gid),
      atime: seconds(found.atimeNs),
      mtime: seconds(found.mtimeNs),
      ctime: seconds(found.ctimeNs),
      birthtime: seconds(found.birthtimeNs),
      inode: Number(found.ino),
      device: Number(found.dev),
      links: Number(found.nlink),
      blocks: Number(found.blocks),
      blockSize: Number(found.blksize),
      ...(kind === 'link' ? { target: await readlink(path) } : {}),
    };
  } catch (error) {
    if (NOTHING_THERE.includes(codeOf(error))) return null;
    throw error;
  }
};

/** What is written lies beside its place under a hidden name, readable by the owner alone, until it is whole. */
const writeBeside = async (path: string, bytes: Uint8Array, mode: number | undefined): Promise<void> => {
  const before = await statusOf(path, false);
  const place = before?.kind === 'link' ? await realpath(path) : path;
  const old = before?.kind === 'link' ? await statusOf(place, true) : before;
  const part = join(dirname(place), `.${basename(place)}.${randomUUID().slice(0, 8)}`);
  try {
    const file = await open(part, 'wx', 0o600);
    try {
      await file.writeFile(bytes);
      await file.chmod(mode ?? old?.mode ?? 0o600);
      if (old && process.getuid?.() === 0) await file.chown(old.uid, old.gid);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(part, place);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
};

const expanded = async (path: string, home: (user: string) => Promise<string | undefined>): Promise<string> => {
  const named = path.replace(/\$(?:(\w+)|\{([^}]+)\})/g, (all, bare, braced) => {
    const name = bare ?? braced;
    return (Object.hasOwn(process.env, name) ? process.env[name] : undefined) ?? all;
  });
  const user = /^~([^/]*)/.exec(named);
  if (!user) return named;
  const folder = user[1] === '' ? (process.env['HOME'] ?? homedir()) : await home(user[1] as string);
  return folder === undefined ? named : folder + named.slice((user[0] as string).length);
};

const allowed = (path: string, what: number): Promise<boolean> =>
  access(path, what).then(
    () => true,
    () => false,
  );

/** The files of this machine; relative paths begin in `folder`. */
export const localFiles = (host: string, folder = '.'): HostFiles => {
  const accounts = accountNames();
  const resolve = (path: string): string => resolvePath(folder, path);
  const attempt = async <T>(verb: string, path: string, act: (path: string) => Promise<T>): Promise<T> => {
    try {
      return await act(resolve(path));
    } catch (error) {
      const code = codeOf(error);
      if (NOTHING_THERE.includes(code)) throw fileError(host, verb, path, error, { missing: true });
      if (code === 'EEXIST') throw fileError(host, verb, path, error, { exists: true });
      if (code === 'EACCES' || code === 'EPERM') throw fileError(host, verb, path, error, { denied: true });
      throw fileError(host, verb, path, error);
    }
  };
  return {
    defaultMode: 0o666 & ~process.umask(),
    status: (path, follow) => attempt('looked at', path, (at) => statusOf(at, follow)),
    read: (path) => attempt('read', path, (at) => readFile(at)),
    list: (path) => attempt('listed', path, async (at) => (await readdir(at)).sort()),
    resolve: (path) => attempt('resolved', path, (at) => realpath(at)),
    access: async (path) => {
      const at = resolve(path);
      const [read, write, execute] = await Promise.all([
        allowed(at, constants.R_OK),
        allowed(at, constants.W_OK),
        allowed(at, constants.X_OK),
      ]);
      return { read, write, execute };
    },
    expand: (path) => expanded(path, accounts.home),
    temporaryFolder: async () => tmpdir(),
    ...accounts.names,
    write: (path, bytes, mode) => attempt('written', path, (at) => writeBeside(at, bytes, mode)),
    create: (path, mode) =>
      attempt('created', path, async (at) => {
        await (await open(at, 'wx', mode)).close();
      }),
    makeFolder: (path, mode) => attempt('created', path, (at) => mkdir(at, mode).then(() => undefined)),
    remove: (path) => attempt('removed', path, (at) => rm(at, { recursive: true })),
    symbolicLink: (path, target) => attempt('created', path, (at) => symlink(target, at)),
    hardLink: (path, target) => attempt('created', path, (at) => link(resolve(target), at)),
    setMode: (path, mode) => attempt('changed', path, (at) => chmod(at, mode)),
    setOwner: (path, uid, gid, follow) =>
      attempt('changed', path, (at) => (follow ? chown(at, uid, gid) : lchown(at, uid, gid))),
    setTimes: (path, atime, mtime) => attempt('changed', path, (at) => utimes(at, atime, mtime)),
  };
};
