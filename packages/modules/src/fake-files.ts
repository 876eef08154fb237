import { type FileKind, type FileStatus, type HostFiles, RatchetError } from '@ratchet/core';

interface Entry {
  kind: FileKind;
  bytes: Uint8Array;
  mode: number;
  target?: string;
  mtime: number;
}

const missing = (path: string): RatchetError =>
  new RatchetError('command-failed', `The file ${path} does not exist.`, { details: { missing: true } });

const parentOf = (path: string): string => path.replace(/[\\/][^\\/]*$/, '') || '/';

/** Files in memory, for the tests of modules: `/` and what was put there. Owners are all 0, `expand` knows `~`. */
export class FakeFiles implements HostFiles {
  readonly defaultMode = 0o644;
  readonly entries = new Map<string, Entry>([
    ['/', { kind: 'directory', bytes: new Uint8Array(), mode: 0o755, mtime: 0 }],
  ]);

  /** Contents by path; parents are made. */
  constructor(contents: Readonly<Record<string, string | Uint8Array>> = {}) {
    for (const [path, content] of Object.entries(contents)) this.put(path, content);
  }

  put(path: string, content: string | Uint8Array, mode = 0o644): void {
    this.#folders(parentOf(path));
    this.entries.set(path, { kind: 'file', bytes: Buffer.from(content), mode, mtime: 0 });
  }

  /** A file's text, or undefined. */
  text(path: string): string | undefined {
    const found = this.entries.get(path);
    return found?.kind === 'file' ? Buffer.from(found.bytes).toString() : undefined;
  }

  #folders(path: string): void {
    if (this.entries.has(path)) return;
    const parent = parentOf(path);
    if (parent !== path) this.#folders(parent);
    this.entries.set(path, { kind: 'directory', bytes: new Uint8Array(), mode: 0o755, mtime: 0 });
  }

  #at(path: string, follow: boolean): Entry | undefined {
    const found = this.entries.get(path.length > 1 ? path.replace(/\/+$/, '') : path);
    return follow && found?.kind === 'link' ? this.#at(found.target as string, true) : found;
  }

  #must(path: string): Entry {
    const found = this.#at(path, true);
    if (!found) throw missing(path);
    return found;
  }

  async status(path: string, follow: boolean): Promise<FileStatus | null> {
    const found = this.#at(path, follow);
    if (!found) return null;
    const none = { uid: 0, gid: 0, ctime: 0, birthtime: 0, inode: 1, device: 1, links: 1, blocks: 0, blockSize: 4096 };
    const { kind, mode, bytes, mtime, target } = found;
    return {
      ...none,
      kind,
      mode,
      size: bytes.length,
      atime: mtime,
      mtime,
      ...(target === undefined ? {} : { target }),
    };
  }

  async read(path: string): Promise<Uint8Array> {
    return this.#must(path).bytes;
  }

  async list(path: string): Promise<readonly string[]> {
    const prefix = path === '/' ? '/' : `${path}/`;
    const names = [...this.entries.keys()].filter((one) => one.startsWith(prefix) && one !== path);
    return names
      .map((one) => one.slice(prefix.length))
      .filter((name) => !name.includes('/'))
      .sort();
  }

  async resolve(path: string): Promise<string> {
    return path;
  }

  async access(): Promise<{ readonly read: boolean; readonly write: boolean; readonly execute: boolean }> {
    return { read: true, write: true, execute: false };
  }

  async expand(path: string): Promise<string> {
    return path.replace(/^~/, '/root');
  }

  async temporaryFolder(): Promise<string> {
    return '/tmp';
  }

  async userName(): Promise<string | undefined> {
    return 'root';
  }

  async groupName(): Promise<string | undefined> {
    return 'root';
  }

  async userNumber(name: string): Promise<number | undefined> {
    return name === 'root' ? 0 : undefined;
  }

  async groupNumber(name: string): Promise<number | undefined> {
    return name === 'root' ? 0 : undefined;
  }

  async write(path: string, bytes: Uint8Array, mode?: number): Promise<void> {
    if (!this.#at(parentOf(path), true)) throw missing(path);
    this.entries.set(path, { kind: 'file', bytes, mode: mode ?? this.#at(path, true)?.mode ?? 0o600, mtime: 0 });
  }

  async create(path: string, mode: number): Promise<void> {
    if (this.entries.has(path)) throw new RatchetError('command-failed', 'there', { details: { exists: true } });
    this.entries.set(path, { kind: 'file', bytes: new Uint8Array(), mode, mtime: 0 });
  }

  async makeFolder(path: string, mode = 0o755): Promise<void> {
    if (!this.#at(parentOf(path), true)) throw missing(path);
    this.entries.set(path, { kind: 'directory', bytes: new Uint8Array(), mode, mtime: 0 });
  }

  async remove(path: string): Promise<void> {
    for (const one of [...this.entries.keys()])
      if (one === path || one.startsWith(`${path}/`)) this.entries.delete(one);
  }

  async symbolicLink(path: string, target: string): Promise<void> {
    this.entries.set(path, { kind: 'link', bytes: new Uint8Array(), mode: 0o777, target, mtime: 0 });
  }

  async hardLink(path: string, target: string): Promise<void> {
    this.entries.set(path, this.#must(target));
  }

  async setMode(path: string, mode: number): Promise<void> {
    this.#must(path).mode = mode;
  }

  async setOwner(): Promise<void> {
    return undefined;
  }

  async setTimes(path: string, _atime: number, mtime: number): Promise<void> {
    this.#must(path).mtime = mtime;
  }
}
