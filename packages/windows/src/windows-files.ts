import { type FileStatus, type HostFiles, RatchetError } from '@ratchet/core';
import type { ScriptResult, ScriptSession } from './script-session.js';

const isMissing = (thrown: unknown): boolean => thrown instanceof RatchetError && thrown.details['missing'] === true;

/** A Windows path as SFTP takes it: `/C:/dir/file`; relative ones stay relative to the profile folder. */
export const sftpPath = (path: string): string => {
  const slashes = path.replaceAll('\\', '/').replace(/(?<=.)\/{2,}/g, '/');
  const whole = slashes.length > 3 ? slashes.replace(/\/$/, '') : slashes;
  return /^[A-Za-z]:/.test(whole) ? `/${whole}` : whole;
};

/** A path as it can stand between quotes on a line of cmd.exe. Errors: `not-supported` for what cmd.exe would read into. */
export const commandPath = (path: string): string => {
  if (/["%\r\n*?<>|]/.test(path))
    throw new RatchetError('not-supported', `The path ${JSON.stringify(path)} cannot be given to cmd.exe.`, {
      hint: 'Use a path without quotes, percent signs and wildcards.',
    });
  return path.replaceAll('/', '\\');
};

const NOTHING: Omit<FileStatus, 'kind' | 'size' | 'mode'> = {
  uid: 0,
  gid: 0,
  atime: 0,
  mtime: 0,
  ctime: 0,
  birthtime: 0,
  inode: 0,
  device: 0,
  links: 1,
  blocks: 0,
  blockSize: 0,
};

/** What `%~aI` prints (`d-------`, `--a-----`, `-ra-----`) as a status. */
export const statusFrom = (attributes: string, size: string): FileStatus => {
  const link = attributes.includes('l');
  const folder = attributes.startsWith('d');
  return {
    ...NOTHING,
    kind: link ? 'link' : folder ? 'directory' : 'file',
    attributes,
    size: folder ? 0 : Number(size),
    mode: attributes[1] === 'r' ? 0o444 : 0o666,
  };
};

const refuse = (what: string) => async (): Promise<never> => {
  throw new RatchetError('not-supported', `Windows has no ${what}.`, {
    hint: 'Leave the parameter out for Windows hosts.',
  });
};

/** The files of a Windows host: contents over SFTP, the rest through cmd.exe, no PowerShell. */
export const windowsFiles = (session: ScriptSession): HostFiles => {
  const { files } = session.connection;
  let environment: Promise<ReadonlyMap<string, string>> | undefined;

  const send = async (lines: readonly string[]): Promise<ScriptResult> =>
    lines.every((line) => /^[\x20-\x7e]*$/.test(line))
      ? ((await session.typed(lines)) ?? session.script(lines))
      : session.wide(lines);

  /** Runs lines that must end well; `missing` says what a code other than 0 means. */
  const must = async (verb: string, path: string, line: string): Promise<void> => {
    const { marks, stderr } = await send([line, session.mark(0)]);
    if (marks[0]?.code === 0) return;
    throw new RatchetError('command-failed', `${path} cannot be ${verb}: cmd.exe ended with ${marks[0]?.code}.`, {
      place: session.place,
      details: { stderr: Buffer.from(stderr).toString('latin1').trim() },
    });
  };

  const status = async (path: string): Promise<FileStatus | null> => {
    const place = commandPath(path);
    const bare = place.length > 3 ? place.replace(/\\+$/, '') : place;
    const [{ marks, stderr }, times] = await Promise.all([
      send([
        `if not exist "${bare}" echo [absent]`,
        `if exist "${bare}" for %I in ("${bare}") do @echo [%~aI][%~zI]`,
        session.mark(0),
      ]),
      // Where the transfer cannot tell (or nothing is there) there are no times.
      files.times?.(sftpPath(bare)).catch(() => undefined),
    ]);
    const said = marks[0]?.text ?? '';
    const found = /\[([^\][]*)\]\[(\d*)\]/.exec(said);
    if (found) return { ...statusFrom(found[1] as string, found[2] as string), ...times };
    // Neither there nor absent: a read that failed is an error, never "not there".
    if (said.includes('[absent]')) return null;
    throw new RatchetError('host-output', `cmd.exe does not say whether ${path} is there.`, {
      place: session.place,
      details: { stderr: Buffer.from(stderr).toString('latin1').trim() },
    });
  };

  const variables = (): Promise<ReadonlyMap<string, string>> => {
    environment ??= session.run('set').then(
      ({ stdout }) =>
        new Map(
          stdout.split(/\r?\n/).flatMap((line): [string, string][] => {
            const cut = line.indexOf('=', 1);
            return cut > 0 ? [[line.slice(0, cut).toUpperCase(), line.slice(cut + 1)]] : [];
          }),
        ),
    );
    return environment;
  };

  const write = async (path: string, bytes: Uint8Array): Promise<void> => {
    const part = `${path}.${session.fileName('part')}`;
    await files.write(sftpPath(part), bytes);
    try {
      await must('written', path, `move /y "${commandPath(part)}" "${commandPath(path)}" >nul`);
    } catch (error) {
      await files.remove(sftpPath(part));
      throw error;
    }
  };

  return {
    defaultMode: 0o666,
    status,
    read: (path) => files.read(sftpPath(path)),
    list: async (path) => {
      const { marks } = await send([`dir /b /a "${commandPath(path)}" 2>nul`, session.mark(0)]);
      return (marks[0]?.text ?? '')
        .split(/\r?\n/)
        .filter((name) => name !== '')
        .sort();
    },
    resolve: async (path) => path,
    access: async () => ({ read: true, write: true, execute: true }),
    expand: async (path) => {
      if (!path.includes('%')) return path;
      const known = await variables();
      return path.replace(/%([^%]+)%/g, (all, name: string) => known.get(name.toUpperCase()) ?? all);
    },
    temporaryFolder: async () => (await variables()).get('TEMP') ?? 'C:\\Windows\\Temp',
    userName: async () => undefined,
    groupName: async () => undefined,
    userNumber: async () => undefined,
    groupNumber: async () => undefined,
    write,
    create: (path) => files.write(sftpPath(path), new Uint8Array(), { exclusive: true }),
    makeFolder: (path) => files.makeFolder(sftpPath(path)),
    remove: async (path, known) => {
      const found = known ?? (await status(path));
      if (found?.kind !== 'directory')
        try {
          return await files.remove(sftpPath(path));
        } catch (thrown) {
          if (isMissing(thrown)) throw thrown;
          // A read-only file: SFTP refuses, del /f does not.
          return must('removed', path, `del /f /q /a "${commandPath(path)}"`);
        }
      return must('removed', path, `rd /s /q "${commandPath(path)}"`);
    },
    symbolicLink: refuse('symbolic links that Ratchet can make'),
    hardLink: (path, target) => must('created', path, `mklink /h "${commandPath(path)}" "${commandPath(target)}" >nul`),
    setMode: refuse('permission bits'),
    setOwner: refuse('numbered owners'),
    setTimes: refuse('way in cmd.exe to set a file’s times'),
  };
};
