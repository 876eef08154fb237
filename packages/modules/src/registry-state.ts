import type { RegistryAnswer, RegistryData, RegistryFinding, RegistryKey } from '@ratchet/core';
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

/** A value looked for, with the data found; null is absent. `above`: where its key is missing, the nearest key that exists. */
export interface FoundValue {
  readonly path: string;
  readonly name: string;
  readonly data: RegistryData | null;
  readonly above?: string | undefined;
}

/** Whether two registry paths or value names are the same one: Windows ignores their case. */
export const sameName = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/** Whether a key stands somewhere below another. */
export const isBelow = (path: string, top: string): boolean => path.toLowerCase().startsWith(`${top.toLowerCase()}\\`);

const findKey = (key: RegistryKey, path: string): RegistryKey | undefined => {
  if (sameName(key.path, path)) return key;
  if (!isBelow(path, key.path)) return undefined;
  for (const subkey of key.subkeys) {
    const found = findKey(subkey, path);
    if (found) return found;
  }
  return undefined;
};

/** The number of a DWORD; null for data that is absent or of another type. */
export const dwordIn = (data: RegistryData | null | undefined): number | null =>
  data?.type === 'REG_DWORD' ? data.number : null;

/** The data of a value of this key, or null when the key or the value is absent. */
export const dataIn = (key: RegistryAnswer, name: string): RegistryData | null =>
  key?.values.find((value) => sameName(value.name, name))?.data ?? null;

/** The keys that come into being with this one when `above` is the nearest key that exists, the topmost first. */
export const keysBelow = (above: string, path: string): readonly string[] => {
  const from = above.split('\\').length;
  const parts = path.split('\\');
  return parts.slice(from).map((_, index) => parts.slice(0, from + index + 1).join('\\'));
};

const deepest = (key: RegistryKey, path: string): string => {
  const next = key.subkeys.find((subkey) => sameName(subkey.path, path) || isBelow(path, subkey.path));
  return next ? deepest(next, path) : key.path;
};

/** A value looked for in what was found for its own key or for a key above it. */
export const valueIn = (found: RegistryFinding, path: string, name: string): FoundValue => {
  if (found.key === null) return { path, name, data: null, ...(found.above === null ? {} : { above: found.above }) };
  const key = findKey(found.key, path);
  if (key) return { path, name, data: dataIn(key, name) };
  return { path, name, data: null, above: deepest(found.key, path) };
};
