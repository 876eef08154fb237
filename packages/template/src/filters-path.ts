import { realpathSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import type { Value } from '@ratchet/core';
import { environmentOf } from './environment.js';
import { globbed } from './file-glob.js';
import { type Filter, ofText, ofValue, textArg } from './filter.js';
import { isList, tuple } from './python.js';
import { str } from './python-text.js';

const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
const dirName = (path: string): string => {
  const head = path.slice(0, path.lastIndexOf('/') + 1);
  return /^\/+$/.test(head) ? head : head.replace(/\/+$/, '');
};

/** A Windows path as its drive (or share) and the rest. */
const splitDrive = (path: string): readonly [string, string] => {
  const share = /^[\\/]{2}[^\\/]+[\\/][^\\/]+/.exec(path)?.[0];
  const drive = share ?? /^[A-Za-z]:/.exec(path)?.[0] ?? '';
  return [drive, path.slice(drive.length)];
};
const winTail = (path: string): number =>
  Math.max(path.lastIndexOf('\\'), path.lastIndexOf('/'), /^[A-Za-z]:/.test(path) ? 1 : -1) + 1;
const winDir = (path: string): string => {
  const head = path.slice(0, winTail(path));
  return /^(?:[A-Za-z]:)?[\\/]*$/.test(head) ? head : head.replace(/[\\/]+$/, '');
};
const splitExtension = (path: string): Value => {
  const found = /^(.*[^/.][^/]*?)(\.[^./]*)$/s.exec(path);
  return tuple(found ? [found[1] as string, found[2] as string] : [path, '']);
};
const joinPaths = (parts: readonly string[]): string =>
  parts.reduce(
    (path, part) => (part.startsWith('/') ? part : path === '' || path.endsWith('/') ? path + part : `${path}/${part}`),
    '',
  );

/** A path whose `~` or `~user` is this user's is given the home folder. */
export const withHome = (path: string): string => {
  const name = /^~([^/]*)/.exec(path)?.[1];
  if (name === undefined || (name !== '' && name !== userInfo().username)) return path;
  return homedir() + path.slice(name.length + 1);
};

/** The path without links, as far as it is there. */
const realPath = (path: string): string => {
  const whole = resolve(path);
  try {
    return realpathSync(whole);
  } catch {
    // Its last part is not there; the folders above it may still hold links.
    return whole === '/' ? whole : join(realPath(dirname(whole)), baseName(whole));
  }
};

/** Filters of paths, those of the controller and those of Windows. */
export const pathFilters: readonly (readonly [string, Filter])[] = [
  ['basename', ofText(baseName)],
  ['dirname', ofText(dirName)],
  ['win_basename', ofText((text) => text.slice(winTail(text)))],
  ['win_dirname', ofText(winDir)],
  ['win_splitdrive', ofText((text) => tuple(splitDrive(text)))],
  ['splitext', ofText(splitExtension)],
  ['path_join', ofValue((value) => joinPaths(isList(value) ? value.map(str) : [str(value)]))],
  ['relpath', ofText((text, args) => relative(textArg(args, 0, 'start', '.'), text) || '.')],
  ['expanduser', ofText(withHome)],
  [
    'expandvars',
    ofText((text) =>
      text.replace(/\$(?:(\w+)|\{([^}]*)\})/g, (all, plain, braced) => environmentOf(plain ?? braced) ?? all),
    ),
  ],
  ['realpath', ofText(realPath)],
  ['fileglob', ofText(globbed)],
];
