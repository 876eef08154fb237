export type FileKind = 'file' | 'directory' | 'link' | 'block' | 'character' | 'fifo' | 'socket';

/** What a file system tells of one path. Times are seconds since 1970 with fractions. */
export interface FileStatus {
  readonly kind: FileKind;
  readonly size: number;
  /** The twelve POSIX permission bits. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly atime: number;
  readonly mtime: number;
  readonly ctime: number;
  /** When it was made, where the file system knows; otherwise 0. */
  readonly birthtime: number;
  readonly inode: number;
  readonly device: number;
  readonly links: number;
  readonly blocks: number;
  readonly blockSize: number;
  /** Windows only: attributes as cmd.exe prints them (`--a------`, `drhs-----`). */
  readonly attributes?: string;
  /** What a symbolic link holds, as it stands there. */
  readonly target?: string;
}

/** Reads the files of a machine. Errors: `command-failed` with details `{missing}`, `access-denied`. */
export interface FileReader {
  /** null when there is nothing. `follow`: of what a symbolic link leads to. */
  status(path: string, follow: boolean): Promise<FileStatus | null>;
  read(path: string): Promise<Uint8Array>;
  /** Names in a folder, sorted, without `.` and `..`. */
  list(path: string): Promise<readonly string[]>;
  /** The absolute path without symbolic links. */
  resolve(path: string): Promise<string>;
  /** What the user of the connection may do with it. */
  access(path: string): Promise<{ readonly read: boolean; readonly write: boolean; readonly execute: boolean }>;
  /** `~`, `~user` and `$VARIABLE` (on Windows `%VARIABLE%`) at their values. */
  expand(path: string): Promise<string>;
  /** The folder for temporary files. */
  temporaryFolder(): Promise<string>;
  /** Names of users and groups, or undefined when the number has none. */
  userName(uid: number): Promise<string | undefined>;
  groupName(gid: number): Promise<string | undefined>;
  /** The number of a user or group given by name or number, or undefined. */
  userNumber(name: string): Promise<number | undefined>;
  groupNumber(name: string): Promise<number | undefined>;
}

/** Changes the files of a machine. What belongs to POSIX alone is `not-supported` on Windows. */
export interface HostFiles extends FileReader {
  /** The permissions that a new file has when nobody says any. */
  readonly defaultMode: number;
  /**
   * The whole file in one step: written beside it and moved over it, so that nobody sees half of it. A new file gets `mode` (owner
   * only unless told), one that was there keeps its mode and owner unless `mode` is given.
   */
  write(path: string, bytes: Uint8Array, mode?: number): Promise<void>;
  /** A new file; fails with details `{exists: true}` when something is there. */
  create(path: string, mode: number): Promise<void>;
  /** One folder; its parent must be there. */
  makeFolder(path: string, mode?: number): Promise<void>;
  /** A file, a link itself, or a folder with all in it; `found` spares a look where the caller has just looked. */
  remove(path: string, found?: FileStatus): Promise<void>;
  symbolicLink(path: string, target: string): Promise<void>;
  hardLink(path: string, target: string): Promise<void>;
  /** Permission bits; never those of a link itself. */
  setMode(path: string, mode: number): Promise<void>;
  /** -1 leaves as it is. `follow: false`: the link itself. */
  setOwner(path: string, uid: number, gid: number, follow: boolean): Promise<void>;
  setTimes(path: string, atime: number, mtime: number): Promise<void>;
}
