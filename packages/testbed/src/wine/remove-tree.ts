import { rm } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

const TIMES = 50;
const AGAIN_MS = 100;
// What comes of files that are made, or removed, while a tree is being removed.
const MOVING = ['ENOTEMPTY', 'ENOENT', 'EBUSY'];

/** Removes a folder with all below it, also where dying processes still make and remove files in it for some seconds. */
export const removeTree = async (path: string): Promise<void> => {
  for (let time = 1; ; time += 1) {
    try {
      return await rm(path, { recursive: true, force: true });
    } catch (error) {
      if (time === TIMES || !MOVING.includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
      await delay(AGAIN_MS);
    }
  }
};
