import type { FileStatus, HostFiles, ParameterInfo } from '@ratchet/core';
import { RatchetError } from '@ratchet/core';
import { z } from 'zod';
import { showMode, wantedMode } from './file-mode.js';
import { flag, text } from './parameter-values.js';

/** A mode as written: a number, digits, or chmod's symbolic form; checked when it is used. */
export const modeField = z.union([z.number().int(), z.string()]);

/** Parameters that every module that makes files shares. */
export const attributeFields = {
  mode: modeField.optional(),
  owner: text.optional(),
  group: text.optional(),
  unsafe_writes: flag.default(false),
};

export const attributeParameters: Readonly<Record<string, ParameterInfo>> = {
  mode: { description: 'Permissions: "0644", or chmod’s symbolic form' },
  owner: { description: 'Owner, by name or number' },
  group: { description: 'Group, by name or number' },
  unsafe_writes: { description: 'Accepted; files are always written whole', default: false },
};

export interface Attributes {
  readonly mode?: string | number | undefined;
  readonly owner?: string | undefined;
  readonly group?: string | undefined;
}

/** What of one path differs from the attributes that are wanted. */
export interface AttributeChange {
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
}

const failed = (message: string): RatchetError => new RatchetError('task-failed', message);

const number = async (
  kind: 'user' | 'group',
  name: string | undefined,
  files: HostFiles,
): Promise<number | undefined> => {
  if (name === undefined) return undefined;
  const found = await (kind === 'user' ? files.userNumber(name) : files.groupNumber(name));
  if (found === undefined)
    throw failed(`${kind === 'user' ? 'chown' : 'chgrp'} failed: failed to look up ${kind} ${name}`);
  return found;
};

/** Compares a path with the attributes that are wanted. Errors: `task-failed` for an unknown name or mode. */
export const attributeChange = async (
  files: HostFiles,
  status: Pick<FileStatus, 'kind' | 'mode' | 'uid' | 'gid'>,
  wanted: Attributes,
): Promise<AttributeChange> => {
  const [uid, gid] = await Promise.all([number('user', wanted.owner, files), number('group', wanted.group, files)]);
  let mode: number | undefined;
  // The permissions of a symbolic link itself cannot be set on Linux.
  if (wanted.mode !== undefined && status.kind !== 'link') {
    mode = wantedMode(wanted.mode, { mode: status.mode, directory: status.kind === 'directory' });
    if (mode === undefined)
      throw failed(`mode must be in octal or symbolic form: ${JSON.stringify(wanted.mode)} is neither`);
  }
  return {
    ...(mode !== undefined && mode !== status.mode ? { mode } : {}),
    ...(uid !== undefined && uid !== status.uid ? { uid } : {}),
    ...(gid !== undefined && gid !== status.gid ? { gid } : {}),
  };
};

/** Whether anything differs. */
export const hasChange = (change: AttributeChange): boolean => Object.keys(change).length > 0;

/** Makes a change of attributes; the owner first, since a new owner may clear bits of the mode. */
export const makeChange = async (
  files: HostFiles,
  path: string,
  change: AttributeChange,
  follow: boolean,
): Promise<void> => {
  if (change.uid !== undefined || change.gid !== undefined)
    await files.setOwner(path, change.uid ?? -1, change.gid ?? -1, follow);
  if (change.mode !== undefined) await files.setMode(path, change.mode);
};

/** The attributes that change, before or after, as Ansible's diff has them. */
export const changedParts = (
  change: AttributeChange,
  from: { readonly mode: number; readonly uid: number; readonly gid: number },
): Readonly<Record<string, unknown>> => ({
  ...(change.mode === undefined ? {} : { mode: showMode(from.mode) }),
  ...(change.uid === undefined ? {} : { owner: from.uid }),
  ...(change.gid === undefined ? {} : { group: from.gid }),
});

/** Brings a path's attributes to what is wanted, unless only told to look. Gives whether they differed. */
export const ensureAttributes = async (
  files: HostFiles,
  path: string,
  wanted: Attributes,
  options: { readonly follow: boolean; readonly check: boolean },
): Promise<boolean> => {
  const status = await files.status(path, options.follow);
  if (!status) return false;
  const change = await attributeChange(files, status, wanted);
  if (hasChange(change) && !options.check) await makeChange(files, path, change, options.follow);
  return hasChange(change);
};

const STATES: Readonly<Partial<Record<FileStatus['kind'], string>>> = { directory: 'directory', link: 'link' };

/** What Ansible adds to a result about the path it is of: owner, mode, size, state. */
export const pathInfo = async (files: HostFiles, path: string): Promise<Readonly<Record<string, unknown>>> => {
  const found = await files.status(path, false);
  if (!found) return { state: 'absent' };
  const [owner, group] = await Promise.all([files.userName(found.uid), files.groupName(found.gid)]);
  return {
    uid: found.uid,
    gid: found.gid,
    owner: owner ?? String(found.uid),
    group: group ?? String(found.gid),
    mode: showMode(found.mode),
    state: STATES[found.kind] ?? (found.links > 1 ? 'hard' : 'file'),
    size: found.size,
  };
};
