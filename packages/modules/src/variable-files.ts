import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Which files of a folder `include_vars` reads. */
export interface FolderChoice {
  /** Levels of folders; 0 is all of them. */
  readonly depth: number;
  /** Endings without the dot. */
  readonly extensions: readonly string[];
  readonly filesMatching?: RegExp | undefined;
  readonly ignoreFiles: readonly RegExp[];
  readonly ignoreUnknownExtensions: boolean;
}

const compareNames = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const endingOf = (name: string): string => /\.([^.]*)$/.exec(name)?.[1] ?? '';

/** Files of a folder in the order in which they are read: a folder's own by name, then its folders'. `skip` names are left out at the top. */
export const filesBelow = async (folder: string, choice: FolderChoice, level = 1): Promise<readonly string[]> => {
  const entries = (await readdir(folder, { withFileTypes: true })).sort((a, b) => compareNames(a.name, b.name));
  const wanted = entries.filter(
    ({ name }) =>
      (choice.filesMatching?.test(name) ?? true) && !choice.ignoreFiles.some((pattern) => pattern.test(name)),
  );
  const files = wanted.filter((entry) => !entry.isDirectory()).map(({ name }) => join(folder, name));
  if (choice.depth !== 0 && level >= choice.depth) return files;
  const below: string[] = [];
  for (const entry of entries)
    if (entry.isDirectory()) below.push(...(await filesBelow(join(folder, entry.name), choice, level + 1)));
  return [...files, ...below];
};

/** Whether a file's ending is one of those that are read. */
export const hasEnding = (path: string, extensions: readonly string[]): boolean => extensions.includes(endingOf(path));
