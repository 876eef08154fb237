import { readFileSync, statSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { FactCache } from '@ratchet/runner';
import type { Settings } from './settings.js';
import { usageError } from './show-failure.js';
import { writePrivateFile } from './write-private-file.js';

const DAY_SECONDS = 86_400;

/** Where facts are kept between runs, as Ansible's plugin `jsonfile` keeps them. */
export interface CachePlace {
  readonly folder: string;
  readonly prefix: string;
  /** Older files do not count; undefined is no limit. */
  readonly seconds: number | undefined;
}

/** What settings say of it: a place, a warning for a plugin that there is not, or nothing. Throws a usage error without a folder. */
export const cachePlaceOf = (settings: Settings): CachePlace | { readonly warning: string } | undefined => {
  const plugin = settings.text('factCaching')?.replace(/^ansible\.(?:builtin|legacy)\./, '');
  if (plugin === undefined || plugin === 'memory') return undefined;
  if (plugin !== 'jsonfile')
    return { warning: `fact_caching = ${plugin} is not known here (jsonfile is): no facts are kept.` };
  const folder = settings.path('factCachingConnection');
  if (folder === undefined) throw usageError('fact_caching = jsonfile needs a folder: set fact_caching_connection.');
  const written = settings.text('factCachingTimeout');
  if (written !== undefined && !/^\d+$/.test(written))
    throw usageError(`fact_caching_timeout = ${written} is no number of seconds.`);
  const seconds = Number(written ?? DAY_SECONDS);
  return { folder, prefix: settings.text('factCachingPrefix') ?? '', seconds: seconds === 0 ? undefined : seconds };
};

// Names of hosts come from inventories, also from those that scripts print.
const isFileName = (host: string): boolean => !/[/\\\0]/.test(host) && host !== '.' && host !== '..';

const isFacts = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const readFacts = (
  path: string,
  seconds: number | undefined,
  now: number,
): Readonly<Record<string, unknown>> | undefined => {
  const age = (now - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Number.NEGATIVE_INFINITY)) / 1000;
  if (age > (seconds ?? Number.MAX_VALUE)) return undefined;
  try {
    const found: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return isFacts(found) ? found : undefined;
  } catch (thrown) {
    // Ansible's own, cut off or damaged: facts are then gathered anew.
    if (thrown instanceof SyntaxError) return undefined;
    throw thrown;
  }
};

const asJson = (_key: string, value: unknown): unknown => (typeof value === 'bigint' ? Number(value) : value);

/** Facts of hosts in one file each, which are for their owner alone; the files of an earlier run are read once. */
export const factCacheFiles = ({ folder, prefix, seconds }: CachePlace, now: () => number): FactCache => {
  const known = new Map<string, Readonly<Record<string, unknown>> | undefined>();
  const pathOf = (host: string): string => join(folder, prefix + host);
  return {
    read: (host) => {
      if (!known.has(host)) known.set(host, isFileName(host) ? readFacts(pathOf(host), seconds, now()) : undefined);
      return known.get(host);
    },
    write: async (host, facts) => {
      known.set(host, facts);
      if (!isFileName(host)) return;
      if (Object.keys(facts).length === 0) {
        await rm(pathOf(host), { force: true });
        return;
      }
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await writePrivateFile(pathOf(host), `${JSON.stringify(facts, asJson, 4)}\n`);
    },
  };
};

/** `--flush-cache`: what is kept of these hosts goes. */
export const flushFacts = async (cache: FactCache, hosts: Iterable<string>): Promise<void> => {
  for (const host of hosts) await cache.write(host, {});
};
