import { randomBytes } from 'node:crypto';
import { open, realpath, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { RatchetError } from '@ratchet/core';

/**
 * Puts content in the place of a file, or makes it: at once, whole, on the disk, and for nobody else to read (mode 0600). Behind a link, the
 * file that it names is replaced. `what` it is stands in the error. Throws `file-unreadable`.
 */
export const writePrivateFile = async (path: string, content: Buffer | string, what = 'file'): Promise<void> => {
  const target = await realpath(path).catch(() => path);
  const beside = join(dirname(target), `.${basename(target)}.${randomBytes(6).toString('hex')}`);
  try {
    const file = await open(beside, 'wx', 0o600);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(beside, target);
  } catch (cause) {
    await rm(beside, { force: true });
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new RatchetError('file-unreadable', `The ${what} ${path} cannot be written: ${message}.`, { cause });
  }
};
