import { readdirSync, statSync } from 'node:fs';
import { globRegex } from '@ratchet/core';

const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;

/** The files that a shell pattern finds in one folder, sorted; the folder itself holds no pattern. */
export const globbed = (pattern: string): string[] => {
  const cut = pattern.lastIndexOf('/');
  const folder = cut === -1 ? '.' : pattern.slice(0, cut) || '/';
  const matcher = globRegex(pattern.slice(cut + 1));
  if (!(statSync(folder, { throwIfNoEntry: false })?.isDirectory() ?? false)) return [];
  return readdirSync(folder)
    .filter((name) => matcher.test(name) && !name.startsWith('.'))
    .map((name) => `${cut === -1 ? '' : `${folder}/`}${name}`)
    .filter(isFile)
    .sort();
};
