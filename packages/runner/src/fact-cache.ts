import { type Dict, fromPlain, type Secrets, toPlain, toRatchetError } from '@ratchet/core';
import type { RunContext } from './contexts.js';

/** Facts of hosts that outlive a run. */
export interface FactCache {
  /** What an earlier run kept of a host; undefined where nothing is, or it is too old. */
  read(host: string): Readonly<Record<string, unknown>> | undefined;
  /** Keeps a host's facts; none: what was kept goes. Throws file errors. */
  write(host: string, facts: Readonly<Record<string, unknown>>): Promise<void>;
}

/** What the cache has of a host: data, in which nothing is a template. */
export const cachedFacts = ({ factCache }: { readonly factCache?: FactCache }, host: string): Dict =>
  new Map(Object.entries(factCache?.read(host) ?? {}).map(([name, value]) => [name, fromPlain(value)]));

// A cache is a file: what a known secret stands in is not written into it.
const keepable = (gathered: Dict, secrets: Secrets): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(toPlain(gathered) as Record<string, unknown>).filter(([, value]) => {
      const text = JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? part.toString() : part)) ?? '';
      return secrets.mask(text) === text;
    }),
  );

/** Keeps what the run found out about its hosts; a cache that cannot be written is a warning. */
export const cacheFacts = async (run: RunContext): Promise<void> => {
  const { factCache, secrets } = run.options;
  if (!factCache) return;
  for (const host of run.hosts.values()) {
    if (!host.gatheredMoved) continue;
    try {
      await factCache.write(host.name, keepable(host.gathered, secrets));
      host.gatheredMoved = false;
    } catch (thrown) {
      await run.sink.emit({ type: 'warning', host: host.name, message: toRatchetError(thrown).message });
    }
  }
};
