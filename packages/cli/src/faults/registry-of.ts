import type { RegistryWrite } from '@ratchet/core';
import type { EmbeddedBench } from './bench.js';

/** What Windows writes at a restart is not the run's. */
const OF_WINDOWS = /\\PrefetchParameters$|\\CurrentControlSet\\Control\\Windows$/;

/** All that stands in the registry of an embedded host, but for what a restart alone changes: a text to compare. */
export const registryOf = (bench: EmbeddedBench, host: string): string => {
  const writes: readonly RegistryWrite[] = bench.fleet.host(host).snapshotWrites();
  const own = writes.filter(({ path }) => !OF_WINDOWS.test(path));
  return JSON.stringify(own, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
};
