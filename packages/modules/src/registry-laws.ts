import { expect, test } from '@jest/globals';
import type { RegistryWrite, ResourceModule } from '@ratchet/core';
import type { FakeHostOptions } from './fake-host.js';
import { FakeHost } from './fake-host.js';
import { fakeContext, runTask } from './task.js';

/** A task and the registry that it meets. */
export interface LawCase {
  readonly title: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly before: readonly RegistryWrite[];
  readonly host?: FakeHostOptions;
}

const TOP = 'HKEY_LOCAL_MACHINE';

/** What every module of the registry family must hold: idempotent, silent in check mode, verified by its own diff. */
export const registryLaws = (module: ResourceModule, cases: readonly LawCase[]): void => {
  const hostOf = ({ before, host: options }: LawCase): FakeHost => {
    const host = new FakeHost(options);
    for (const write of before) host.put(write);
    return host;
  };

  test.each(cases)('$title: a second run changes nothing', async (law) => {
    const host = hostOf(law);
    const first = await runTask(module, law.params, host);
    expect(first.failed).toBeUndefined();
    const written = host.writes.length;
    expect(await runTask(module, law.params, host)).toMatchObject({ changed: false, changes: [] });
    expect(host.writes).toHaveLength(written);
  });

  test.each(cases)('$title: check mode writes nothing and says what the run then does', async (law) => {
    const host = hostOf(law);
    const before = host.dump(TOP);
    const check = await runTask(module, law.params, host, fakeContext({ checkMode: true }));
    expect(host.dump(TOP)).toEqual(before);
    expect(host.writes).toEqual([]);
    expect((await runTask(module, law.params, host)).changes).toEqual(check.changes);
  });

  test.each(cases)(
    '$title: reads in one round trip (changes with a guard: two), and only where its footprint says',
    async (law) => {
      const host = hostOf(law);
      const checked = await runTask(module, law.params, host, fakeContext({ checkMode: true }));
      const guarding = module.guardReads?.(module.params.parse(law.params)) && checked.changes.length > 0;
      expect(host.roundTrips).toBe(guarding ? 2 : 1);
      expect(host.commands).toEqual([]);
      const { changes } = await runTask(module, law.params, host);
      const footprint = module.footprint?.(module.params.parse(law.params)).registry ?? [];
      for (const change of changes) {
        if (change.kind === 'registry-value' || change.kind === 'registry-key')
          expect(footprint.some((path) => `${change.path}\\`.startsWith(`${path}\\`))).toBe(true);
      }
    },
  );
};
