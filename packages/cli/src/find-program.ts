import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/** The path of the first program of these names in the folders of a `PATH`; undefined where there is none. */
export const findProgram = async (names: readonly string[], path: string | undefined): Promise<string | undefined> => {
  const folders = (path ?? '').split(delimiter).filter((folder) => folder !== '');
  for (const candidate of names.flatMap((name) => folders.map((folder) => join(folder, name)))) {
    const runs = await access(candidate, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (runs) return candidate;
  }
  return undefined;
};
