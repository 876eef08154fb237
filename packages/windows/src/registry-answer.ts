import { RatchetError, type RegistryFinding, type RegistryQuery } from '@ratchet/core';
import { type ListedKey, treeOf } from './key-tree.js';
import { samePath } from './path.js';
import { type Marked, parentsOf } from './read-script.js';
import { isLabel, isPlain, parseRegQuery, type QueriedKey } from './reg-query-output.js';

/** What a read's output gives: an answer, or that only an export can be believed. */
export type Judged = RegistryFinding | 'export';

const isWhollyCertain = (key: QueriedKey): boolean => !key.broken && key.values.every((value) => value.certain);

const isValueCertain = (key: QueriedKey, name: string): boolean => {
  const mine = key.values.filter((value) => value.name.toLowerCase() === name.toLowerCase());
  if (mine.length > 0 || key.broken) return !key.broken && mine.every((value) => value.certain);
  // Absent: the names decide. The unnamed value hides behind its label.
  return name === '' || isLabel(name) ? isWhollyCertain(key) : key.values.every((value) => value.named);
};

/** Whether what `reg query` printed may be believed for what was asked; names of keys matter unless one value was asked for. */
export const isCertain = (query: RegistryQuery, keys: readonly QueriedKey[]): boolean => {
  const { value } = query;
  if (value !== undefined && query.tree !== true) return keys.every((key) => isValueCertain(key, value));
  return keys.every((key) => isWhollyCertain(key) && isPlain(key.path));
};

const cutShort = (host: string): RatchetError =>
  new RatchetError('host-output', 'The host ended a read before it was complete.', {
    place: { at: 'host', host },
    hint: 'Run again; if it stays, look at what cmd.exe prints on this host (AutoRun?).',
  });

const denied = (host: string, path: string): RatchetError =>
  new RatchetError('access-denied', `The registry key ${path} cannot be read.`, {
    place: { at: 'host', host },
    hint: 'Log in with an account that is a full administrator of the host.',
  });

/**
 * The nearest key above a missing one; null when not even its hive is there. It is missing when that key does not list the
 * way to it. Throws when it is denied.
 */
const keyAbove = (host: string, path: string, marks: readonly Marked[]): string | null => {
  const chain = [path, ...parentsOf(path)];
  const readable = marks.find((mark) => mark.level > 0 && mark.code === 0);
  if (!readable && !marks.some((mark) => mark.level === chain.length - 1)) throw cutShort(host);
  const child = (readable && chain[readable.level - 1]) ?? path;
  if (!readable || parseRegQuery(readable.text).some((key) => samePath(key.path, child))) throw denied(host, child);
  return chain[readable.level] ?? null;
};

/**
 * What the marks of one sent query say. `asked` are the queries that its output answers: it is believed only when it is
 * certain for each of them. Errors: `host-output` for output that was cut, `access-denied`.
 */
export const judge = (
  host: string,
  sent: RegistryQuery,
  asked: readonly RegistryQuery[],
  marks: readonly Marked[],
): Judged => {
  const own = marks.find((mark) => mark.level === 0);
  if (!own) throw cutShort(host);
  if (own.code !== 0) return { key: null, above: keyAbove(host, sent.path, marks) };
  const keys = parseRegQuery(own.text);
  if (![sent, ...asked].every((query) => isCertain(query, keys))) return 'export';
  // `reg query` prints no path for a key that has neither values nor subkeys.
  const listing: readonly ListedKey[] = [{ path: sent.path, values: [] }, ...keys.map(withoutDoubt)];
  return { key: treeOf(sent.path, listing) ?? { path: sent.path, values: [], subkeys: [] } };
};

const withoutDoubt = ({ path, values }: QueriedKey): ListedKey => ({
  path,
  values: values.map(({ name, data }) => ({ name, data })),
});
