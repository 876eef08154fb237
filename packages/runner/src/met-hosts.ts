import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RatchetError } from '@ratchet/core';

/**
 * The hosts that runs of this project have reached. Nothing is decided on it: a host that was never met is expected to need changes, so
 * that what these take is asked of it in the first command already.
 */
export interface MetHosts {
  has(host: string): boolean;
  /** Notes a host. Errors: `journal-write`. */
  add(host: string): Promise<void>;
}

const namesIn = async (folder: string): Promise<readonly string[]> => {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw new RatchetError('file-unreadable', `The hosts met, in ${folder}, cannot be read: ${String(error)}`, {
      cause: error,
    });
  }
};

/** Opens the list in a folder: an empty file for each host. A missing folder is an empty list. Errors: `file-unreadable`. */
export const openMetHosts = async (folder: string): Promise<MetHosts> => {
  const met = new Set(await namesIn(folder));
  return {
    has: (host) => met.has(encodeURIComponent(host)),
    add: async (host) => {
      const name = encodeURIComponent(host);
      if (met.has(name)) return;
      met.add(name);
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 });
        await writeFile(join(folder, name), '', { mode: 0o600 });
      } catch (cause) {
        const why = (cause as Error).message;
        throw new RatchetError('journal-write', `${host} cannot be noted as met in ${folder}: ${why}`, { cause });
      }
    },
  };
};
