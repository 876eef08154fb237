import type { RegistryAnswer, RegistryKey, RegistryQuery } from '@ratchet/core';
import { dataIn, sameName } from './registry-state.js';
import { sqlSpeaksTls12 } from './sql-verdict.js';

/** An instance of SQL Server on a host. */
export interface SqlInstance {
  readonly name: string;
  readonly id: string;
  /** Setup's PatchLevel; null when it is not there. */
  readonly patchLevel: string | null;
}

// 32-bit instances stand in the 32-bit view: windows-facts 4.2.
export const SQL_TOPS = [
  'HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Microsoft SQL Server',
  'HKEY_LOCAL_MACHINE\\SOFTWARE\\Wow6432Node\\Microsoft\\Microsoft SQL Server',
] as const;

const below = (key: RegistryAnswer, ...names: readonly string[]): RegistryAnswer => {
  let found = key;
  for (const name of names)
    found = found?.subkeys.find(({ path }) => sameName(path.slice(path.lastIndexOf('\\') + 1), name)) ?? null;
  return found;
};

const textIn = (key: RegistryAnswer, name: string): string | null => {
  const data = dataIn(key, name);
  return data !== null && 'text' in data ? data.text : null;
};

const instancesOf = (top: RegistryKey): readonly SqlInstance[] =>
  (below(top, 'Instance Names', 'SQL')?.values ?? []).flatMap(({ name, data }): SqlInstance[] => {
    if (!('text' in data)) return [];
    return [{ name, id: data.text, patchLevel: textIn(below(top, data.text, 'Setup'), 'PatchLevel') }];
  });

/** Whether it is known to speak TLS 1.2. */
export const speaks = ({ patchLevel }: SqlInstance): boolean =>
  patchLevel !== null && sqlSpeaksTls12(patchLevel) === true;

/** Its name and version, for people. */
export const shown = ({ id, patchLevel }: SqlInstance): string => `${id} ${patchLevel ?? '(version unknown)'}`;

/** What to read for `sqlInstances`. */
export const sqlQueries: readonly RegistryQuery[] = SQL_TOPS.map((path) => ({ path, tree: true }));

/** The instances in the answers to `sqlQueries`, each once. */
export const sqlInstances = (answers: readonly RegistryAnswer[]): readonly SqlInstance[] => {
  const all = answers.flatMap((top) => (top === null ? [] : instancesOf(top)));
  return all.filter((one, index) => all.findIndex(({ id }) => id === one.id) === index);
};
