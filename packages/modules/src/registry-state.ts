import type { RegistryAnswer, RegistryData, RegistryKey } from '@ratchet/core';
import { z } from 'zod';

/** Schema of registry data as the journal keeps it. */
export const registryData: z.ZodType<RegistryData> = z.union([
  z.object({ type: z.enum(['REG_SZ', 'REG_EXPAND_SZ']), text: z.string() }),
  z.object({ type: z.literal('REG_DWORD'), number: z.number() }),
  z.object({ type: z.literal('REG_QWORD'), number: z.bigint() }),
  z.object({ type: z.literal('REG_MULTI_SZ'), items: z.array(z.string()) }),
  z.object({ type: z.enum(['REG_BINARY', 'REG_NONE']), hex: z.string() }),
  z.object({ type: z.literal('other'), typeNumber: z.number(), hex: z.string() }),
]);

/** A value looked for, with the data found; null is absent. */
export interface FoundValue {
  readonly path: string;
  readonly name: string;
  readonly data: RegistryData | null;
}

/** Whether two registry paths or value names are the same one: Windows ignores their case. */
export const sameName = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

const isBelow = (path: string, top: string): boolean => path.toLowerCase().startsWith(`${top.toLowerCase()}\\`);

const findKey = (key: RegistryKey, path: string): RegistryKey | undefined => {
  if (sameName(key.path, path)) return key;
  if (!isBelow(path, key.path)) return undefined;
  for (const subkey of key.subkeys) {
    const found = findKey(subkey, path);
    if (found) return found;
  }
  return undefined;
};

/** The data of a value of this key, or null when the key or the value is absent. */
export const dataIn = (key: RegistryAnswer, name: string): RegistryData | null =>
  key?.values.find((value) => sameName(value.name, name))?.data ?? null;

/** The data of a value somewhere in these answers, or null when it is in none of them. */
export const dataAt = (answers: readonly RegistryAnswer[], path: string, name: string): RegistryData | null => {
  for (const answer of answers) {
    const data = answer === null ? null : dataIn(findKey(answer, path) ?? null, name);
    if (data !== null) return data;
  }
  return null;
};
