import fs from 'node:fs';
import { open } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

const OF_HANDLES = ['sync', 'datasync'] as const;
const OF_FILES = ['fsyncSync', 'fdatasyncSync'] as const;

/**
 * Counts from now on every call of this process that asks the system to put a file on the disk itself; `dropped`: such calls are no
 * longer made, and so not counted.
 */
export const countSyncs = async ({ dropped }: { readonly dropped: boolean }): Promise<() => number> => {
  let count = 0;
  const counted = <A extends unknown[], R>(original: (...given: A) => R, nothing: R) =>
    function counting(this: unknown, ...given: A): R {
      if (dropped) return nothing;
      count += 1;
      return original.apply(this, given);
    };
  const file = await open(process.execPath);
  const handles = Object.getPrototypeOf(file) as Record<(typeof OF_HANDLES)[number], () => Promise<void>>;
  for (const name of OF_HANDLES) handles[name] = counted(handles[name], Promise.resolve());
  for (const name of OF_FILES) Object.assign(fs, { [name]: counted(fs[name], undefined) });
  const { fdatasync } = fs;
  const withCallback = (file: number, done: fs.NoParamCallback): void => {
    if (dropped) done(null);
    else {
      count += 1;
      fdatasync(file, done);
    }
  };
  Object.assign(fs, { fdatasync: withCallback });
  syncBuiltinESMExports();
  await file.close();
  return () => count;
};
