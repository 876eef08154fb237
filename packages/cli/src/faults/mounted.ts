import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Mounts a small disk of its own on a folder, for as long as something is done. */
export const withSmallDisk = async <Result>(
  folder: string,
  size: string,
  use: () => Promise<Result>,
): Promise<Result> => {
  await run('mount', ['-t', 'tmpfs', '-o', `size=${size},mode=0755`, 'tmpfs', folder]);
  try {
    return await use();
  } finally {
    await run('umount', ['--lazy', folder]);
  }
};

/** Why nothing can be mounted here; undefined when it can. */
export const mountLack = async (): Promise<string | undefined> => {
  const folder = await mkdtemp(join(tmpdir(), 'ratchet-mount-'));
  try {
    await mkdir(folder, { recursive: true });
    return await withSmallDisk(folder, '64k', async () => undefined);
  } catch (thrown) {
    return `mounting is not permitted here (${String((thrown as { readonly stderr?: unknown }).stderr ?? thrown).trim()})`;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
