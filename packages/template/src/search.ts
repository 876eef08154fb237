import { existsSync, statSync } from 'node:fs';
import { basename, dirname, isAbsolute, join } from 'node:path';
import type { Position } from '@ratchet/core';
import { readTextFile } from './read-text-file.js';

/**
 * Where a file that a task names may be, in order. `roots` are the folders of its role, of its task file and of the playbook;
 * in each the subfolder is looked at first (`files`, `templates`, …), unless the name starts with it. The `tasks` folder of a role stands
 * for the role.
 */
export const searchPlaces = (roots: readonly string[], folder: string, name: string): readonly string[] => {
  if (isAbsolute(name)) return [name];
  const plain = name.split('/')[0] === folder;
  const places = roots.flatMap((root) => {
    const role = basename(root) === 'tasks' ? [join(dirname(root), folder, name)] : [];
    return [...role, ...(plain ? [] : [join(root, folder, name)]), join(root, name)];
  });
  return [...new Set(places)];
};

/** The first of the places that is there, a file or a folder. */
export const findOnPath = (roots: readonly string[], folder: string, name: string): string | undefined =>
  searchPlaces(roots, folder, name).find((place) => existsSync(place));

/** The text of a template by its name, from the folders that templates are looked for in; undefined when there is none. */
export const loadTemplate = (
  roots: readonly string[],
  name: string,
): { readonly text: string; readonly position: Position } | undefined => {
  const path = findOnPath(roots, 'templates', name);
  if (path === undefined || !statSync(path).isFile()) return undefined;
  const text = readTextFile(path);
  return { text, position: { file: { path, text }, offset: 0 } };
};
