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

/** Makes the folders above a path that are missing. Gives whether there were any. */
export const makeFoldersFor = async (files: HostFiles, path: string, mode?: string | number): Promise<boolean> => {
  let made = false;
  for (const folder of foldersAbove(path)) {
    if (await files.status(folder, true)) continue;
    await files.makeFolder(folder);
    if (mode !== undefined) await ensureAttributes(files, folder, { mode }, { follow: true, check: false });
    made = true;
  }
  return made;
};
