import { randomUUID } from 'node:crypto';
import type { ActionContext, ActionResult, FileStatus, HostFiles, HostWriter } from '@ratchet/core';
import { checksum } from './checksum.js';
import { splitLines } from './command-result.js';
import { type Attributes, attributeChange, ensureAttributes, makeChange, pathInfo } from './file-attributes.js';
import { showMode } from './file-mode.js';
import { posixWord, splitWords } from './shell-words.js';
import { fileDiff } from './unified-diff.js';

/** A file that is to be at a place on the host. */
export interface Placement {
  readonly bytes: Uint8Array;
  /** The final path on the host. */
  readonly dest: string;
  /** What results and diffs call the source. */
  readonly source: string;
  readonly attributes: Attributes;
  /** What is at the destination, when the caller has looked already; each look costs a remote host a command. */
  readonly found?: FileStatus | null | undefined;
  /** The source's own permissions, for `mode: preserve`. */
  readonly sourceMode: number;
  readonly backup: boolean;
  /** A command with `%s` that must accept the file before it is put in its place. */
  readonly validate?: string | undefined;
}

const two = (number: number): string => String(number).padStart(2, '0');

/** `FILE.PID.2026-11-25@14:44:35~`: Ansible's names for backups (on Windows `FILE.PID.20261125-144435.bak`). */
const backupName = (path: string, now: number, windows: boolean): string => {
  const at = new Date(now);
  const date = [at.getFullYear(), two(at.getMonth() + 1), two(at.getDate())];
  const time = [two(at.getHours()), two(at.getMinutes()), two(at.getSeconds())];
  if (windows) return `${path}.${process.pid}.${date.join('')}-${time.join('')}.bak`;
  return `${path}.${process.pid}.${date.join('-')}@${time.join(':')}~`;
};

const withMode = ({ attributes, sourceMode }: Placement): Attributes =>
  attributes.mode === 'preserve' ? { ...attributes, mode: showMode(sourceMode) } : attributes;

const validated = async (given: Placement, host: HostWriter): Promise<ActionResult | null> => {
  if (given.validate === undefined) return null;
  const { files } = host;
  if (!given.validate.includes('%s'))
    return { failed: true, msg: `validate must contain %s: ${given.validate}`, values: { diff: [] } };
  // Hosts of one machine may have the same content checked at the same time.
  const part = `${await files.temporaryFolder()}/ratchet-${randomUUID()}`;
  await files.write(part, given.bytes, 0o600);
  try {
    const words = splitWords(given.validate.replaceAll('%s', part)) ?? [given.validate];
    const output = await host.query(`exec ${words.map(posixWord).join(' ')}`);
    if (output.rc === 0) return null;
    const values = {
      exit_status: output.rc,
      stdout: output.stdout,
      stderr: output.stderr,
      stdout_lines: splitLines(output.stdout),
      stderr_lines: splitLines(output.stderr),
      checksum: checksum(given.bytes),
      diff: [],
    };
    return { failed: true, msg: 'failed to validate', values };
  } finally {
    await files.remove(part);
  }
};

/** Content is there already: only owner and permissions are looked at. */
const sameContent = async (
  given: Placement,
  status: FileStatus,
  host: HostWriter,
  context: ActionContext,
): Promise<ActionResult> => {
  const { dest } = given;
  const { files } = host;
  const change = await attributeChange(files, status, withMode(given));
  const changed = Object.keys(change).length > 0;
  if (changed && !context.checkMode) await makeChange(files, dest, change, true);
  const mode = (shown: number | undefined) => (change.mode === undefined ? {} : { mode: showMode(shown ?? 0) });
  const diff = {
    before: { path: dest, ...mode(status.mode) },
    after: { path: dest, ...mode(change.mode) },
  };
  const sum = checksum(given.bytes);
  return { changed, values: { dest, path: dest, checksum: sum, diff, ...(await infoOf(given, host)) } };
};

/** Of a remote host only what is known without asking: the file holds these bytes. */
const infoOf = async ({ dest, bytes }: Placement, host: HostWriter): Promise<Readonly<Record<string, unknown>>> =>
  host.connection.kind === 'local' ? pathInfo(host.files, dest) : { size: bytes.length };

const write = async (
  given: Placement,
  found: FileStatus | null,
  host: HostWriter,
  context: ActionContext,
): Promise<Readonly<Record<string, unknown>>> => {
  const { files } = host;
  const posix = host.connection.kind === 'local';
  const saved: Record<string, unknown> = {};
  if (given.backup && found) {
    const name = backupName(given.dest, context.now(), !posix);
    await files.write(name, await files.read(given.dest), found.mode);
    saved['backup_file'] = name;
  }
  const wanted = withMode(given);
  const base = { kind: 'file' as const, uid: 0, gid: 0, mode: files.defaultMode, ...(found ?? {}) };
  const change = posix ? await attributeChange(files, base, { mode: wanted.mode }) : {};
  await files.write(given.dest, given.bytes, change.mode ?? (found ? undefined : base.mode));
  await ensureAttributes(files, given.dest, wanted, { follow: true, check: false });
  return saved;
};

const parentOf = (path: string): string => /^(.*)[\\/][^\\/]*$/.exec(path)?.[1] ?? '.';

/** What the file holds now, or null. On a remote host it is not read when its size alone tells it apart and no diff is wanted. */
const contentNow = async (
  { dest, bytes }: Placement,
  found: FileStatus | null,
  host: HostWriter,
  shown: boolean,
): Promise<Uint8Array | null> => {
  if (found?.kind !== 'file') return null;
  // Not here: what Linux makes up (/proc, /sys) tells other sizes than it has.
  if (host.connection.kind !== 'local' && !shown && found.size !== bytes.length) return null;
  return host.files.read(dest);
};

/** Whether a folder is there in which `path` can lie. */
export const parentIsThere = async (files: HostFiles, path: string): Promise<boolean> => {
  const parent = parentOf(path);
  return parent === '' || /^[A-Za-z]:$/.test(parent) || (await files.status(parent, true))?.kind === 'directory';
};

/** Puts a file at its place unless it is there already; Ansible's fields of `copy` and `template`. */
export const placeFile = async (given: Placement, host: HostWriter, context: ActionContext): Promise<ActionResult> => {
  const { files } = host;
  const { bytes, dest } = given;
  const found = given.found === undefined ? await files.status(dest, true) : given.found;
  const sum = checksum(bytes);
  if (!found && !(await parentIsThere(files, dest)))
    return {
      failed: true,
      msg: `Destination directory ${parentOf(dest)} does not exist`,
      values: { checksum: sum, diff: [] },
    };
  const before = await contentNow(given, found, host, context.diffMode === true);
  if (found && before !== null && checksum(before) === sum) return sameContent(given, found, host, context);
  const diff = context.diffMode ? [fileDiff(dest, before, bytes, given.source)] : [];
  if (context.checkMode) return { changed: true, values: { diff } };
  const wrong = await validated(given, host);
  if (wrong) return wrong;
  const saved = await write(given, found, host, context);
  const values = { checksum: sum, md5sum: checksum(bytes, 'md5'), dest, src: given.source, diff, ...saved };
  return { changed: true, values: { ...values, ...(await infoOf(given, host)) } };
};
