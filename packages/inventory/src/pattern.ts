import { readFile } from 'node:fs/promises';
import { globRegex, pythonRegex, RatchetError } from '@ratchet/core';
import type { Census } from './builder.js';

/** Hosts that a pattern matches, in inventory order, and the parts of it that matched nothing. */
export interface Matched {
  readonly hosts: readonly string[];
  readonly unmatched: readonly string[];
}

const LOCAL = ['localhost', '127.0.0.1', '::1'];

/** Whether a name stands for this machine when no source names it. */
export const isImplicitLocal = (name: string): boolean => LOCAL.includes(name);

const splitColons = (pattern: string): readonly string[] =>
  /^[!&]?(?:[0-9a-fA-F]*:){2,}[0-9a-fA-F.]*$/.test(pattern)
    ? [pattern]
    : (pattern.match(/(?:[^:[\]]|\[[^\]]*\])+/g) ?? []);

/** The parts of a pattern. A comma, where there is one, is the only separator; a regular expression keeps its colons. */
const partsOf = (pattern: string): readonly string[] =>
  pattern
    .split(',')
    .flatMap((part) => (pattern.includes(',') || /^[!&]?~/.test(part.trim()) ? [part] : splitColons(part)))
    .map((part) => part.trim())
    .filter((part) => part !== '');

const tester = (pattern: string): ((name: string) => boolean) => {
  if (!pattern.startsWith('~')) {
    const glob = globRegex(pattern);
    return (name) => glob.test(name);
  }
  const regex = pythonRegex(pattern.slice(1), { find: 'match' }, 'limit-invalid');
  return (name) => regex.test(name);
};

/** Hosts of a group, its own first, then those of all below it level by level, as Ansible orders them. */
export const hostsOfGroup = (census: Census, name: string): readonly string[] => {
  const order: string[] = [];
  const seen = new Set([name]);
  let level: readonly string[] = [name];
  while (level.length > 0) {
    level = level
      .flatMap((group) => census.groups.get(group)?.children ?? [])
      .filter((child) => !seen.has(child) && seen.add(child));
    order.push(...level);
  }
  return [...new Set([name, ...order].flatMap((group) => census.groups.get(group)?.hosts ?? []))];
};

const matchName = (census: Census, pattern: string): readonly string[] => {
  const name = pattern === 'all' || pattern === '*' ? 'all' : pattern;
  const exact = census.groups.has(name) && !name.startsWith('~');
  if (exact && !census.hosts.has(name)) return hostsOfGroup(census, name);
  const matches = tester(name);
  const groups = [...census.groups.keys()].filter(matches);
  const hosts = groups.length === 0 || /^~|[.?*[]/.test(name) ? [...census.hosts.keys()].filter(matches) : [];
  const found = [...new Set([...groups.flatMap((group) => hostsOfGroup(census, group)), ...hosts])];
  return found.length === 0 && isImplicitLocal(pattern) ? [pattern] : found;
};

/** `name[0]`, `name[-1]`, `name[1:3]` (ends included), `name[2:]`. */
const matchPart = (census: Census, part: string): readonly string[] => {
  const found = part.startsWith('~') ? null : /^(.+)\[(?:(-?\d+)|(\d+)[:-](\d*))\]$/.exec(part);
  if (!found) return matchName(census, part);
  const hosts = matchName(census, found[1] as string);
  if (found[2] !== undefined) return hosts.slice(Number(found[2])).slice(0, 1);
  const end = found[4] === '' || found[4] === undefined ? hosts.length : Number(found[4]) + 1;
  return hosts.slice(Number(found[3]), end);
};

/** Hosts of a pattern: unions, then `&` intersections, then `!` exclusions, wherever they stand. */
export const matchPattern = (census: Census, pattern: string): Matched => {
  const parts = partsOf(pattern);
  const plain = parts.filter((part) => !/^[!&]/.test(part));
  const unmatched: string[] = [];
  const hostsOf = (part: string): readonly string[] => {
    const hosts = matchPart(census, part);
    if (hosts.length === 0 && !census.groups.has(part)) unmatched.push(part);
    return hosts;
  };
  const start = plain.length > 0 || parts.length === 0 ? plain : ['all'];
  let hosts = [...new Set(start.flatMap(hostsOf))];
  for (const part of parts.filter((item) => item.startsWith('&'))) {
    const kept = new Set(hostsOf(part.slice(1)));
    hosts = hosts.filter((host) => kept.has(host));
  }
  for (const part of parts.filter((item) => item.startsWith('!'))) {
    const dropped = new Set(hostsOf(part.slice(1)));
    hosts = hosts.filter((host) => !dropped.has(host));
  }
  return { hosts, unmatched };
};

/** A `--limit` with each `@file` part replaced by the file's lines; any other as it is. Throws `limit-invalid` when a file cannot be read. */
export const readLimit = async (limit: string): Promise<string> => {
  if (!partsOf(limit).some((part) => part.startsWith('@'))) return limit;
  const parts = await Promise.all(
    partsOf(limit).map(async (part) => {
      if (!part.startsWith('@')) return [part];
      const text = await readFile(part.slice(1), 'utf8').catch((cause: unknown) => {
        throw new RatchetError('limit-invalid', `The limit file ${part.slice(1)} cannot be read.`, { cause });
      });
      return text
        .split(/\r?\n/)
        .map((line) => line.trim())
        .filter((line) => line !== '' && !line.startsWith('#'));
    }),
  );
  return `${parts.flat().join(',')},`;
};
