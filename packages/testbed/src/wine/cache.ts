import { createHash } from 'node:crypto';
import { access, mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

const ASSETS = fileURLToPath(new URL('../../assets/', import.meta.url));

/** The folder on this machine for what is built once: blank prefixes, PowerShell, and the prefixes of running hosts. */
export const cacheFolder = (): string =>
  process.env['RATCHET_TESTBED_CACHE'] ?? join(homedir(), '.cache', 'ratchet-testbed');

/** Where an asset file is. */
export const assetPath = (name: string): string => join(ASSETS, name);

export const present = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** A short name for what is built from these assets and with these versions of programs. */
export const buildHash = async (assets: readonly string[], versions: readonly string[]): Promise<string> => {
  const hash = createHash('sha256').update(JSON.stringify(versions));
  for (const name of assets) hash.update(name).update(await readFile(assetPath(name)));
  return hash.digest('hex').slice(0, 12);
};

/** Compiles an asset to a Windows program. */
export const compile = async (asset: string, target: string): Promise<void> => {
  await rm(target, { force: true });
  await execa('x86_64-w64-mingw32-gcc', ['-municode', '-O2', '-s', '-o', target, assetPath(asset)]);
};

/**
 * A folder of the cache, built the first time. Who builds it at the same time as another builds on its own; the first
 * one's work is kept.
 */
export const builtOnce = async (name: string, build: (folder: string) => Promise<void>): Promise<string> => {
  const cache = cacheFolder();
  const target = join(cache, name);
  if (await present(target)) return target;
  await mkdir(cache, { recursive: true });
  const draft = await mkdtemp(join(cache, 'draft-'));
  try {
    const folder = join(draft, 'built');
    await mkdir(folder);
    await build(folder);
    await rename(folder, target).catch(async (error: unknown) => {
      if (!(await present(target))) throw error;
    });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return target;
};
