import { readdirSync, statSync } from 'node:fs';
import { pythonRegex } from './regex.js';

const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;

/** A shell pattern as a regular expression; a bracket that is never closed stands for itself. */
const globSource = (pattern: string): string =>
  pattern.replace(/\[(!?)(\]?[^\]]*)\]|[\s\S]/g, (unit, not: string | undefined, set: string | undefined) => {
    if (set !== undefined) return `[${not ? '^' : ''}${set.replaceAll('\\', '\\\\').replace(/^\^/, '\\^')}]`;
    if (unit === '*') return '.*';
    return unit === '?' ? '.' : unit.replace(/[.+^${}()|[\]\\]/, '\\$&');
  });

/** The files that a shell pattern finds in one folder, sorted; the folder itself holds no pattern. */
export const globbed = (pattern: string): string[] => {
  const cut = pattern.lastIndexOf('/');
  const folder = cut === -1 ? '.' : pattern.slice(0, cut) || '/';
  const matcher = pythonRegex(`\\A${globSource(pattern.slice(cut + 1))}\\Z`);
  if (!(statSync(folder, { throwIfNoEntry: false })?.isDirectory() ?? false)) return [];
  return readdirSync(folder)
    .filter((name) => matcher.test(name) && !name.startsWith('.'))
    .map((name) => `${cut === -1 ? '' : `${folder}/`}${name}`)
    .filter(isFile)
    .sort();
};
