import type { FileStatus, HostFiles } from '@ratchet/core';
import { globRegex, RatchetError } from '@ratchet/core';
import { pythonPattern } from './python-pattern.js';

/** What `find` looks for, parsed. */
export interface FindWishes {
  readonly patterns: readonly RegExp[];
  readonly excludes: readonly RegExp[];
  readonly contains: RegExp | undefined;
  readonly wholeFile: boolean;
  readonly kind: 'any' | 'directory' | 'file' | 'link';
  /** Seconds; below zero: younger than. */
  readonly age: number | undefined;
  readonly ageStamp: 'atime' | 'ctime' | 'mtime';
  /** Bytes; below zero: at most. */
  readonly size: number | undefined;
  readonly recurse: boolean;
  readonly hidden: boolean;
  readonly follow: boolean;
  readonly depth: number | undefined;
}

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };
const BYTES: Readonly<Record<string, number>> = { b: 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40 };

const measured = (what: string, given: string | undefined, units: Readonly<Record<string, number>>) => {
  if (given === undefined) return undefined;
  const found = /^(-?\d+)([a-z])?[a-z]*$/i.exec(given.trim());
  const unit = units[(found?.[2] ?? Object.keys(units)[0] ?? '').toLowerCase()];
  if (!found || unit === undefined) throw new RatchetError('task-failed', `failed to process ${what}`);
  return Number(found[1]) * unit;
};

/** Parses the parameters. Errors: `task-failed` for an age, a size or a regular expression that is none. */
export const findWishes = (given: {
  readonly patterns?: readonly string[] | undefined;
  readonly excludes?: readonly string[] | undefined;
  readonly contains?: string | undefined;
  readonly read_whole_file: boolean;
  readonly file_type: FindWishes['kind'];
  readonly age?: string | undefined;
  readonly age_stamp: FindWishes['ageStamp'];
  readonly size?: string | undefined;
  readonly recurse: boolean;
  readonly hidden: boolean;
  readonly follow: boolean;
  readonly use_regex: boolean;
  readonly depth?: number | undefined;
}): FindWishes => {
  // One text with commas is a list, except of regular expressions, which may hold commas.
  const cut = (list: readonly string[]): readonly string[] =>
    given.use_regex ? list : list.flatMap((one) => one.split(',').map((word) => word.trim()));
  // Python's `match` looks at the start of the name.
  const compiled = (list: readonly string[]): readonly RegExp[] =>
    cut(list).map((one) => (given.use_regex ? pythonPattern(one, '', 'match') : globRegex(one)));
  return {
    patterns: compiled(given.patterns ?? (given.use_regex ? ['.*'] : ['*'])),
    excludes: compiled(given.excludes ?? []),
    contains:
      given.contains === undefined ? undefined : pythonPattern(given.contains, given.read_whole_file ? 'm' : ''),
    wholeFile: given.read_whole_file,
    kind: given.file_type,
    age: measured('age', given.age, SECONDS),
    ageStamp: given.age_stamp,
    size: measured('size', given.size, BYTES),
    recurse: given.recurse,
    hidden: given.hidden,
    follow: given.follow,
    depth: given.depth,
  };
};

const named = (name: string, { patterns, excludes, hidden }: FindWishes): boolean =>
  (hidden || !name.startsWith('.')) &&
  patterns.some((one) => one.test(name)) &&
  !excludes.some((one) => one.test(name));

const measuredRight = (status: FileStatus, { age, ageStamp, size, kind }: FindWishes, now: number): boolean => {
  const old = now - status[ageStamp];
  if (age !== undefined && (age >= 0 ? old < age : old > -age)) return false;
  if (size === undefined || (kind !== 'file' && kind !== 'any')) return true;
  return size >= 0 ? status.size >= size : status.size <= -size;
};

const holds = async (files: HostFiles, path: string, { contains, wholeFile }: FindWishes): Promise<boolean> => {
  if (contains === undefined) return true;
  const content = Buffer.from(await files.read(path)).toString('utf8');
  if (wholeFile) return contains.test(content);
  const start = new RegExp(`^(?:${contains.source})`, contains.flags);
  return content.split('\n').some((line) => start.test(line));
};

/** Whether a path is one of those looked for. `now` in seconds. */
export const isWanted = async (
  files: HostFiles,
  path: string,
  name: string,
  status: FileStatus,
  wishes: FindWishes,
  now: number,
): Promise<boolean> => {
  if (wishes.kind !== 'any' && status.kind !== wishes.kind) return false;
  if (!named(name, wishes) || !measuredRight(status, wishes, now)) return false;
  if (wishes.contains === undefined) return true;
  return status.kind === 'file' && holds(files, path, wishes);
};
