import { stat } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';

export const isFile = async (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isFile(),
    () => false,
  );

export const isFolder = async (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );

/** The first folder that holds the file, or undefined. */
export const findFile = async (name: string, folders: readonly string[]): Promise<string | undefined> => {
  const paths = isAbsolute(name) ? [name] : folders.map((folder) => join(folder, name));
  for (const path of paths) if (await isFile(path)) return path;
  return undefined;
};

/** A variables file of a play: beside the playbook in `vars/`, or beside it. */
export const findVarsFile = (name: string, playbookDir: string): Promise<string | undefined> =>
  findFile(name, [join(playbookDir, 'vars'), playbookDir]);
