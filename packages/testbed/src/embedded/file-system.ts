/** Why a file operation failed, in the terms that SFTP and cmd.exe both can say. */
export type FileFault = 'missing' | 'exists' | 'not-a-folder' | 'is-a-folder' | 'not-empty' | 'full';

/** A failed operation on the in-memory file system. */
export class FileError extends Error {
  readonly fault: FileFault;
  constructor(fault: FileFault, path: string) {
    super(`${fault}: ${path}`);
    this.fault = fault;
  }
}

export type Entry =
  | { readonly kind: 'file'; readonly name: string; bytes: Uint8Array; made: number; written: number }
  | { readonly kind: 'folder'; readonly name: string; readonly made: number; readonly written: number };

const fold = (path: string): string => path.toUpperCase();

/** `C:\a\..\b` from a path in any spelling (slashes, `/C:/…` of SFTP), relative ones below `folder`. */
export const windowsPath = (path: string, folder: string): string => {
  const text = path.replaceAll('/', '\\').replace(/^\\([A-Za-z]:)/, '$1');
  const drive = /^[A-Za-z]:/.exec(text)?.[0];
  const full = drive ? text : text.startsWith('\\') ? `${folder.slice(0, 2)}${text}` : `${folder}\\${text}`;
  const parts: string[] = [];
  for (const part of full.slice(2).split('\\')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `${full.slice(0, 2).toUpperCase()}\\${parts.join('\\')}`;
};

/** The folder that holds a canonical path. */
export const parentOf = (path: string): string => {
  const cut = path.lastIndexOf('\\');
  return cut <= 2 ? path.slice(0, 3) : path.slice(0, cut);
};

/** A Windows drive in memory: names keep their case and are found without it. Paths are canonical (`windowsPath`). */
export class MemoryFiles {
  readonly #entries = new Map<string, Entry>();
  readonly #isFull: () => boolean;

  constructor(folders: readonly string[] = [], isFull: () => boolean = () => false) {
    this.#isFull = isFull;
    this.#entries.set('C:\\', { kind: 'folder', name: 'C:\\', made: Date.now(), written: Date.now() });
    for (const folder of folders) this.makeFolders(folder);
  }

  entry(path: string): Entry | undefined {
    return this.#entries.get(fold(path));
  }

  /** The files of a folder that a name with `*` and `?` means, as cmd.exe takes it; canonical paths. */
  matching(pattern: string): readonly string[] {
    const name = pattern.slice(pattern.lastIndexOf('\\') + 1).replace(/[.+^${}()|[\]\\]/g, '\\$&');
    const meant = new RegExp(`^${name.replaceAll('*', '.*').replaceAll('?', '.')}$`, 'i');
    return [...this.#entries]
      .filter(([path, { kind }]) => kind === 'file' && parentOf(path) === fold(parentOf(pattern)))
      .map(([path]) => path)
      .filter((path) => meant.test(path.slice(path.lastIndexOf('\\') + 1)));
  }

  read(path: string): Uint8Array {
    const found = this.entry(path);
    if (!found) throw new FileError('missing', path);
    if (found.kind === 'folder') throw new FileError('is-a-folder', path);
    return found.bytes;
  }

  write(path: string, bytes: Uint8Array, exclusive = false): void {
    const found = this.entry(path);
    if (found?.kind === 'folder') throw new FileError('is-a-folder', path);
    if (found && exclusive) throw new FileError('exists', path);
    this.#needFolder(parentOf(path));
    if (bytes.length > 0 && this.#isFull()) throw new FileError('full', path);
    const now = Date.now();
    if (found) Object.assign(found, { bytes, written: now });
    else this.#entries.set(fold(path), { kind: 'file', name: path, bytes, made: now, written: now });
  }

  remove(path: string): void {
    const found = this.entry(path);
    if (!found) throw new FileError('missing', path);
    if (found.kind === 'folder') throw new FileError('is-a-folder', path);
    this.#entries.delete(fold(path));
  }

  removeFolder(path: string): void {
    this.#needFolder(path);
    if (this.list(path).length > 0) throw new FileError('not-empty', path);
    this.#entries.delete(fold(path));
  }

  makeFolder(path: string): void {
    if (this.entry(path)) throw new FileError('exists', path);
    this.#needFolder(parentOf(path));
    this.#entries.set(fold(path), { kind: 'folder', name: path, made: Date.now(), written: Date.now() });
  }

  /** With its parents; an existing folder is left as it is. */
  makeFolders(path: string): void {
    if (this.entry(path)?.kind === 'folder') return;
    if (path.length > 3) this.makeFolders(parentOf(path));
    this.makeFolder(path);
  }

  /** Moves a file; an existing target is an error unless `replace`. */
  rename(from: string, to: string, replace: boolean): void {
    const bytes = this.read(from);
    if (this.entry(to) && !replace) throw new FileError('exists', to);
    this.write(to, bytes);
    if (fold(from) !== fold(to)) this.remove(from);
  }

  /** Names of what a folder holds. */
  list(path: string): readonly string[] {
    this.#needFolder(path);
    const prefix = path.endsWith('\\') ? path : `${path}\\`;
    return [...this.#entries.values()]
      .filter((entry) => entry.name.length > prefix.length && fold(entry.name).startsWith(fold(prefix)))
      .map((entry) => entry.name.slice(prefix.length))
      .filter((name) => !name.includes('\\'));
  }

  #needFolder(path: string): void {
    const found = this.entry(path);
    if (!found) throw new FileError('missing', path);
    if (found.kind === 'file') throw new FileError('not-a-folder', path);
  }
}
