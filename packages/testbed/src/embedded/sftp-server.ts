import ssh2, { type Attributes, type SFTPWrapper } from 'ssh2';
import { FileError, type FileFault, windowsPath } from './file-system.js';
import type { Machine } from './machine.js';

const { OPEN_MODE, STATUS_CODE } = ssh2.utils.sftp;

const STATUS: Readonly<Record<FileFault, number>> = {
  missing: STATUS_CODE.NO_SUCH_FILE,
  exists: STATUS_CODE.FAILURE,
  'not-a-folder': STATUS_CODE.NO_SUCH_FILE,
  'is-a-folder': STATUS_CODE.FAILURE,
  'not-empty': STATUS_CODE.FAILURE,
  full: STATUS_CODE.FAILURE,
};

type Handle =
  | { readonly kind: 'file'; readonly path: string; readonly append: boolean }
  | { readonly kind: 'folder'; readonly path: string; listed: boolean };

/** `/C:/dir/file`, the form in which Windows' sshd answers. */
const answered = (path: string): string => `/${path.replaceAll('\\', '/')}`;

/** SFTP version 3 as the sshd of Windows answers it, over a machine's files. */
class SftpSession {
  readonly #sftp: SFTPWrapper;
  readonly #machine: Machine;
  readonly #allows: () => boolean;
  readonly #handles = new Map<number, Handle>();
  #next = 0;

  constructor(sftp: SFTPWrapper, machine: Machine, allows: () => boolean) {
    this.#sftp = sftp;
    this.#machine = machine;
    this.#allows = allows;
    this.#listenFiles();
    this.#listenFolders();
  }

  #listenFiles(): void {
    const files = this.#machine.files;
    this.#sftp.on('OPEN', (id, name, flags) => this.#answer(id, () => this.#open(id, this.#path(name), flags)));
    this.#sftp.on('READ', (id, handle, offset, length) =>
      this.#answer(id, () => {
        const bytes = files.read(this.#handle(handle).path);
        if (offset >= bytes.length) this.#sftp.status(id, STATUS_CODE.EOF);
        else this.#sftp.data(id, Buffer.from(bytes.slice(offset, offset + length)));
      }),
    );
    this.#sftp.on('WRITE', (id, handle, offset, data) =>
      this.#done(id, () => {
        const opened = this.#handle(handle);
        const old = files.read(opened.path);
        const at = opened.kind === 'file' && opened.append ? old.length : offset;
        const bytes = new Uint8Array(Math.max(old.length, at + data.length));
        bytes.set(old);
        bytes.set(data, at);
        files.write(opened.path, bytes);
      }),
    );
    this.#sftp.on('CLOSE', (id, handle) => this.#done(id, () => this.#handles.delete(handle.readUInt32BE())));
    this.#sftp.on('REMOVE', (id, name) =>
      this.#done(id, () => {
        const path = this.#path(name);
        this.#log('remove', path, !this.#machine.exported.delete(path.toUpperCase()));
        files.remove(path);
      }),
    );
    this.#sftp.on('RENAME', (id, from, to) =>
      this.#done(id, () => {
        this.#log('rename', `${this.#path(from)} ${this.#path(to)}`, true);
        files.rename(this.#path(from), this.#path(to), false);
      }),
    );
  }

  #listenFolders(): void {
    const files = this.#machine.files;
    const stat = (id: number, path: string): void =>
      this.#answer(id, () => this.#sftp.attrs(id, this.#attributes(path)));
    this.#sftp.on('STAT', (id, name) => stat(id, this.#path(name)));
    this.#sftp.on('LSTAT', (id, name) => stat(id, this.#path(name)));
    this.#sftp.on('FSTAT', (id, handle) =>
      this.#answer(id, () => this.#sftp.attrs(id, this.#attributes(this.#handle(handle).path))),
    );
    this.#sftp.on('SETSTAT', (id) => this.#done(id, () => undefined));
    this.#sftp.on('FSETSTAT', (id) => this.#done(id, () => undefined));
    this.#sftp.on('REALPATH', (id, name) => {
      const filename = answered(this.#path(name));
      this.#sftp.name(id, [{ filename, longname: filename, attrs: NO_ATTRIBUTES }]);
    });
    this.#sftp.on('MKDIR', (id, name) =>
      this.#done(id, () => {
        this.#log('mkdir', this.#path(name), true);
        files.makeFolder(this.#path(name));
      }),
    );
    this.#sftp.on('RMDIR', (id, name) =>
      this.#done(id, () => {
        this.#log('rmdir', this.#path(name), true);
        files.removeFolder(this.#path(name));
      }),
    );
    this.#sftp.on('OPENDIR', (id, name) =>
      this.#answer(id, () => {
        const path = this.#path(name);
        files.list(path);
        this.#log('list', path, false);
        this.#sftp.handle(id, this.#keep({ kind: 'folder', path, listed: false }));
      }),
    );
    this.#sftp.on('READDIR', (id, handle) => this.#answer(id, () => this.#list(id, this.#handle(handle))));
  }

  #open(id: number, path: string, flags: number): void {
    const isWrite = (flags & (OPEN_MODE.WRITE | OPEN_MODE.APPEND)) !== 0;
    this.#log(isWrite ? 'write' : 'read', path, isWrite);
    const files = this.#machine.files;
    const isThere = files.entry(path) !== undefined;
    if (isThere && (flags & OPEN_MODE.EXCL) !== 0) throw new FileError('exists', path);
    if (isWrite && isThere ? (flags & OPEN_MODE.TRUNC) !== 0 : isWrite && (flags & OPEN_MODE.CREAT) !== 0)
      files.write(path, new Uint8Array());
    files.read(path);
    this.#sftp.handle(id, this.#keep({ kind: 'file', path, append: (flags & OPEN_MODE.APPEND) !== 0 }));
  }

  #list(id: number, handle: Handle): void {
    if (handle.kind !== 'folder' || handle.listed) {
      this.#sftp.status(id, STATUS_CODE.EOF);
      return;
    }
    handle.listed = true;
    const names = this.#machine.files.list(handle.path).map((filename) => {
      const attrs = this.#attributes(windowsPath(filename, handle.path));
      return { filename, longname: `${attrs.size} ${filename}`, attrs };
    });
    this.#sftp.name(id, [{ filename: '.', longname: '.', attrs: this.#attributes(handle.path) }, ...names]);
  }

  #attributes(path: string): Attributes {
    const entry = this.#machine.files.entry(path);
    if (!entry) throw new FileError('missing', path);
    const time = Math.floor(entry.written / 1000);
    const isFile = entry.kind === 'file';
    return {
      ...NO_ATTRIBUTES,
      mode: isFile ? 0o100666 : 0o040777,
      size: isFile ? entry.bytes.length : 0,
      atime: time,
      mtime: time,
    };
  }

  #path(name: string): string {
    return windowsPath(name, this.#machine.home);
  }

  #keep(handle: Handle): Buffer {
    const bytes = Buffer.alloc(4);
    this.#next += 1;
    bytes.writeUInt32BE(this.#next);
    this.#handles.set(this.#next, handle);
    return bytes;
  }

  #handle(bytes: Buffer): Handle {
    const found = bytes.length === 4 ? this.#handles.get(bytes.readUInt32BE()) : undefined;
    if (!found) throw new FileError('missing', 'handle');
    return found;
  }

  #log(verb: string, path: string, writes: boolean): void {
    this.#machine.log.push({ op: 'sftp', text: `${verb} ${path}`, writes });
  }

  #answer(id: number, act: () => void): void {
    if (!this.#allows()) return;
    try {
      act();
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      this.#sftp.status(id, STATUS[error.fault], error.message);
    }
  }

  #done(id: number, act: () => void): void {
    this.#answer(id, () => {
      act();
      this.#sftp.status(id, STATUS_CODE.OK);
    });
  }
}

const NO_ATTRIBUTES: Attributes = { mode: 0, uid: 0, gid: 0, size: 0, atime: 0, mtime: 0 };

/** Answers one SFTP channel; each request is done only if `allows`, asked at that moment, says so. */
export const serveSftp = (sftp: SFTPWrapper, machine: Machine, allows: () => boolean): void => {
  new SftpSession(sftp, machine, allows);
};
