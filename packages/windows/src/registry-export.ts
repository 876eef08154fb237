import { RatchetError, type RegistryData, type RegistryWrite } from '@ratchet/core';
import { type ListedKey, treeOf } from './key-tree.js';
import { isCommandSafe, parentsOf, quotedPath } from './read-script.js';
import { decodeReg } from './reg-file.js';
import type { ScriptSession } from './script-session.js';

const listingOf = (writes: readonly RegistryWrite[]): readonly ListedKey[] => {
  const keys = new Map<string, { path: string; values: { name: string; data: RegistryData }[] }>();
  for (const write of writes) {
    const key = keys.get(write.path) ?? { path: write.path, values: [] };
    keys.set(write.path, key);
    if (write.op === 'set') key.values.push({ name: write.name, data: write.data });
  }
  return [...keys.values()];
};

const safePath = (session: ScriptSession, path: string): string => {
  const safe = [path, ...parentsOf(path)].find(isCommandSafe);
  if (safe !== undefined) return safe;
  const message = `The key ${path} cannot be read: its hive has no name that fits a command line.`;
  throw new RatchetError('host-output', message, { place: session.place });
};

/** What an export of a key has, or the code with which it failed. `word` is the key as it stands on the line. */
const exported = async (
  session: ScriptSession,
  word: string,
): Promise<{ readonly listing: readonly ListedKey[] } | { readonly code: number | undefined }> => {
  const file = session.fileName('reg');
  const { marks } = await session.script([`reg export ${word} ${file} /y /reg:64 >nul 2>nul <nul`, session.mark(0)]);
  const code = marks[0]?.code;
  if (code !== 0) return { code };
  const { files } = session.connection;
  try {
    return { listing: listingOf(decodeReg(await files.read(file))) };
  } finally {
    await files.remove(file);
  }
};

/**
 * A key with its subtree from `reg export`, which has none of the faults of `reg query` (windows-facts, 7.2). A key whose name
 * cannot stand on a command line is exported with its nearest parent whose name can.
 */
export const exportKey = async (session: ScriptSession, path: string): Promise<readonly ListedKey[]> => {
  const safe = safePath(session, path);
  const found = await exported(session, `"${safe}"`);
  if ('listing' in found) return found.listing;
  const message = `The registry key ${safe} cannot be exported (code ${found.code ?? 'none'}).`;
  throw new RatchetError('access-denied', message, { place: session.place });
};

/**
 * A key whose name has quotes, with its subtree; undefined where no line of cmd.exe carries the name, and where the host's reg.exe did
 * not give that very key: then only an export of its parent tells.
 */
export const exportQuoted = async (session: ScriptSession, path: string): Promise<readonly ListedKey[] | undefined> => {
  const word = quotedPath(path);
  const found = word === undefined ? undefined : await exported(session, word);
  if (found === undefined || !('listing' in found)) return undefined;
  return treeOf(path, found.listing) === null ? undefined : found.listing;
};
