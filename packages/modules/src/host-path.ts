import type { HostFiles } from '@ratchet/core';
import { ensureAttributes } from './file-attributes.js';

const isWindows = (path: string): boolean => /^[A-Za-z]:|\\/.test(path);

/** A name within a folder, with the folder's own separator. */
export const joinPath = (folder: string, name: string): string =>
  `${folder.replace(/[\\/]+$/, '')}${isWindows(folder) ? '\\' : '/'}${name}`;

/** The last part of a path. */
export const lastName = (path: string): string => /([^\\/]+)[\\/]*$/.exec(path)?.[1] ?? '';

const foldersAbove = (path: string): readonly string[] => {
  const cuts = [...path.matchAll(/[\\/]/g)].map(({ index }) => path.slice(0, index));
  return cuts.filter((one) => one !== '' && !/^[A-Za-z]:$/.test(one));
};

/** Makes the folders above a path that are missing, asking from the nearest on. Gives whether there were any. */
export const makeFoldersFor = async (files: HostFiles, path: string, mode?: string | number): Promise<boolean> => {
  const missing: string[] = [];
  for (const folder of foldersAbove(path).toReversed()) {
    if (await files.status(folder, true)) break;
    missing.unshift(folder);
  }
  for (const folder of missing) {
    await files.makeFolder(folder);
    if (mode !== undefined) await ensureAttributes(files, folder, { mode }, { follow: true, check: false });
  }
  return missing.length > 0;
};
