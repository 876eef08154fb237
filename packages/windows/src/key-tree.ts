import type { RegistryAnswer, RegistryData, RegistryFinding, RegistryKey, RegistryValue } from '@ratchet/core';
import { fold, isWithin } from './path.js';

/** A flat listing of keys, as `reg query /s` and `reg export` give it. */
export interface ListedKey {
  readonly path: string;
  readonly values: readonly { readonly name: string; readonly data: RegistryData }[];
}

interface Growing {
  path: string;
  values: readonly RegistryValue[];
  readonly subkeys: Growing[];
}

/** The key at `root` with what the listing says below it; null when the listing has nothing there. */
export const treeOf = (root: string, listing: readonly ListedKey[]): RegistryAnswer => {
  const found = new Map<string, Growing>();
  const grow = (path: string): Growing => {
    const known = found.get(fold(path));
    if (known) return known;
    const key: Growing = { path, values: [], subkeys: [] };
    found.set(fold(path), key);
    if (fold(path) !== fold(root)) grow(path.slice(0, path.lastIndexOf('\\'))).subkeys.push(key);
    return key;
  };
  for (const listed of listing) {
    if (!isWithin(listed.path, root)) continue;
    const key = grow(listed.path);
    key.path = listed.path;
    if (listed.values.length > 0) key.values = listed.values;
  }
  return found.get(fold(root)) ?? null;
};

/** A key within a tree, or the deepest key of the tree on the way to it. */
export const lookUpIn = (tree: RegistryKey, path: string): RegistryFinding => {
  if (fold(tree.path) === fold(path)) return { key: tree };
  const next = tree.subkeys.find((subkey) => isWithin(path, subkey.path));
  return next ? lookUpIn(next, path) : { key: null, above: tree.path };
};
