import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const isProgram = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    // Not there, or not to be run: the next folder is asked.
    return false;
  }
};

/** The path of the first program of these names in the folders of a `PATH`; undefined where there is none. */
export const findProgram = (names: readonly string[], path: string | undefined): string | undefined => {
  const folders = (path ?? '').split(delimiter).filter((folder) => folder !== '');
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isProgram);
};
