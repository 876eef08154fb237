import type { RegistryWrite } from '@ratchet/core';
import { checkJournals } from '../crash/judge.js';
import type { EmbeddedBench } from './bench.js';
import { runsIn } from './operator.js';

/** What Windows writes at a restart is not the run's. */
const OF_WINDOWS = /\\PrefetchParameters$|\\CurrentControlSet\\Control\\Windows$/;

/** What stands in the registry of each host. */
export const registriesOf = (bench: EmbeddedBench): ReadonlyMap<string, string> =>
  new Map(bench.fleet.names.map((host) => [host, registryOf(bench, host)]));

/** Every host is as it was before a run that was taken back, its lock is free, and the journals can be read. */
export const judgeAsBefore = async (
  bench: EmbeddedBench,
  before: ReadonlyMap<string, string>,
): Promise<readonly string[]> => {
  const problems: string[] = [...(await checkJournals(runsIn(bench.project)))];
  for (const host of bench.fleet.names) {
    if (registryOf(bench, host) !== before.get(host)) problems.push(`${host}: its registry is not as before the run`);
    if (await bench.fleet.isLocked(host)) problems.push(`${host}: it is still locked`);
  }
  return problems;
};

/** All that stands in the registry of an embedded host, but for what a restart alone changes: a text to compare. */
const registryOf = (bench: EmbeddedBench, host: string): string => {
  const writes: readonly RegistryWrite[] = bench.fleet.host(host).snapshotWrites();
  const own = writes.filter(({ path }) => !OF_WINDOWS.test(path));
  return JSON.stringify(own, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
};
