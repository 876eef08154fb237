import { expect, test } from '@jest/globals';
import type { ApplyContext, Change, HostWriter, RegistryData, RegistryWrite, ResourceModule } from '@ratchet/core';
import { RatchetError } from '@ratchet/core';
import { z } from 'zod';
import { type ResourceEnvironment, type ResourceStep, runResourceSteps, touches } from './resource-steps.js';

interface Params {
  readonly path: string;
  readonly wanted: number;
}

const dword = (number: number): RegistryData => ({ type: 'REG_DWORD', number });

/** A host that counts what it is asked and may lose writes. */
const countingHost = (loses: boolean) => {
  const values = new Map<string, RegistryData>();
  const calls: string[] = [];
  const host = {
    name: 'win1',
    registry: async (queries: readonly { readonly path: string }[]) =>
      queries.map(({ path }) => {
        calls.push(`read ${path}`);
        const data = values.get(path);
        return data ? { path, values: [{ name: 'V', data }], subkeys: [] } : null;
      }),
    writeRegistry: async (writes: readonly RegistryWrite[]) => {
      calls.push(`write ${writes.length}`);
      for (const write of writes) if (write.op === 'set' && !loses) values.set(write.path, write.data);
    },
  };
  return { host: host as unknown as HostWriter, calls, values };
};

const valueModule: ResourceModule<Params, RegistryData | null> = {
  kind: 'resource',
  name: 'value',
  summary: '',
  parameters: {},
  params: z.object({ path: z.string(), wanted: z.number() }),
  state: z.any(),
  registryOnly: true,
  footprint: ({ path }) => ({ registry: [path] }),
  read: async ({ path }, host) => (await host.registry([{ path }]))[0]?.values[0]?.data ?? null,
  diff: ({ path, wanted }, state) =>
    state?.type === 'REG_DWORD' && state.number === wanted
      ? []
      : [{ kind: 'registry-value', path, name: 'V', before: state, after: dword(wanted), restart: false } as Change],
  apply: async () => {
    throw new Error('steps that may share are written by the runner');
  },
};

const step = (path: string, wanted: number, checkMode = false): ResourceStep => ({
  id: `${path}=${wanted}`,
  module: valueModule as ResourceModule,
  params: { path, wanted },
  checkMode,
});

const environment = (host: HostWriter, intended: string[]): ResourceEnvironment => ({
  host,
  context: {} as ApplyContext,
  intend: async ({ id }) => {
    intended.push(id);
  },
});

test('independent steps share one write, with every intent noted before it', async () => {
  const { host, calls } = countingHost(false);
  const intended: string[] = [];
  const outcomes = await runResourceSteps([step('A', 1), step('B', 2)], environment(host, intended));
  expect(outcomes.map((outcome) => outcome.changes.length)).toEqual([1, 1]);
  expect(intended).toEqual(['A=1', 'B=2']);
  expect(calls).toEqual(['read A', 'read B', 'write 2', 'read A', 'read B']);
});

test('a step that looks at what an earlier one changes is left for the next read', async () => {
  const { host } = countingHost(false);
  const outcomes = await runResourceSteps([step('A', 1), step('a\\below', 2)], environment(host, []));
  expect(outcomes).toHaveLength(1);
});

test('check mode writes nothing and notes no intent', async () => {
  const { host, calls } = countingHost(false);
  const intended: string[] = [];
  const [outcome] = await runResourceSteps([step('A', 1, true)], environment(host, intended));
  expect(outcome?.changes).toHaveLength(1);
  expect(calls).toEqual(['read A']);
  expect(intended).toEqual([]);
});

test('a value that is not there after the write is an error, not a change', async () => {
  const { host } = countingHost(true);
  const [outcome] = await runResourceSteps([step('A', 1)], environment(host, []));
  expect(outcome?.failure?.code).toBe('did-not-stick');
});

test('a failed read is an error of its step; the steps before it are done', async () => {
  const { host, values } = countingHost(false);
  const failing: ResourceStep = {
    ...step('B', 2),
    module: {
      ...(valueModule as ResourceModule),
      read: async () => {
        throw new RatchetError('access-denied', 'denied');
      },
    },
  };
  const outcomes = await runResourceSteps([step('A', 1), failing, step('C', 3)], environment(host, []));
  expect(outcomes.map((outcome) => outcome.failure?.code)).toEqual([undefined, 'access-denied']);
  expect([...values.keys()]).toEqual(['A']);
});

test('of steps that share a refused write, only those whose changes are not there have failed by it', async () => {
  const { host, values } = countingHost(false);
  host.writeRegistry = async (writes) => {
    for (const write of writes) if (write.op === 'set' && write.path !== 'B') values.set(write.path, write.data);
    throw new RatchetError('access-denied', 'B is denied');
  };
  const outcomes = await runResourceSteps([step('A', 1), step('B', 2)], environment(host, []));
  expect(outcomes.map((outcome) => outcome.failure?.message)).toEqual([undefined, 'B is denied']);
});

test('a guard refuses before anything is written, with what stands before it, and names its override', async () => {
  const { host, calls } = countingHost(false);
  const seen: (readonly Change[])[] = [];
  const guarded: ResourceStep = {
    ...step('B', 2),
    module: {
      ...(valueModule as ResourceModule),
      guard: (_params, _state, _changes, earlier) => {
        seen.push(earlier);
        return { message: 'B is the last one.', hint: 'Keep it.', override: 'allow_b' };
      },
    },
  };
  const outcomes = await runResourceSteps([step('A', 1), guarded], environment(host, []));
  expect(seen.map((changes) => changes.map((change) => 'path' in change && change.path))).toEqual([['A']]);
  expect(outcomes[1]?.failure).toMatchObject({
    code: 'guard-refused',
    hint: 'Keep it. To do it all the same, set allow_b: true.',
    details: { override: 'allow_b' },
  });
  expect(calls.filter((call) => call.startsWith('write'))).toEqual(['write 1']);
});

test('a guard sees what comes after it in the same import, and no more than that', async () => {
  const { host, calls } = countingHost(false);
  const needsLater = (path: string): ResourceStep => ({
    ...step(path, 1),
    module: {
      ...(valueModule as ResourceModule),
      guard: (_params, _state, _changes, _earlier, later) =>
        later.length > 0 ? null : { message: `${path} is the last one.`, hint: 'Keep it.', override: 'allow' },
    },
  });
  const run = async (...steps: readonly ResourceStep[]): Promise<readonly string[]> => {
    calls.length = 0;
    const outcomes = await runResourceSteps(steps, environment(host, []));
    return [
      ...calls.filter((call) => call.startsWith('write')),
      ...outcomes.map(({ failure }) => failure?.message ?? 'ok'),
    ];
  };
  expect(await run(needsLater('A'), step('B', 1))).toEqual(['write 2', 'ok', 'ok']);
  // B is refused, so that nothing makes up for A any more.
  expect(await run(needsLater('C'), needsLater('D'))).toEqual(['C is the last one.']);
});

test('what only a guard needs is read where there are changes, for the steps that change, and not to verify', async () => {
  const { host, calls } = countingHost(false);
  const guardedStep = (path: string, wanted: number, checkMode = false): ResourceStep => ({
    ...step(path, wanted, checkMode),
    module: {
      ...(valueModule as ResourceModule),
      guardReads: () => true,
      read: async ({ path: own }, reader, { guarding }) => {
        const asked = await reader.registry([{ path: own }, ...(guarding ? [{ path: `${own} guard` }] : [])]);
        return asked[0]?.values[0]?.data ?? null;
      },
      guard: () => (wanted === 9 ? { message: 'No nine.', hint: 'Keep it.', override: 'allow_nine' } : null),
    },
  });
  const run = async (...steps: readonly ResourceStep[]): Promise<readonly string[]> => {
    calls.length = 0;
    const outcomes = await runResourceSteps(steps, environment(host, []));
    return [...calls, ...outcomes.flatMap(({ failure }) => failure?.code ?? [])];
  };
  expect(await run(step('A', 1))).toEqual(['read A', 'write 1', 'read A']);
  const both = [step('A', 1), guardedStep('B', 2)];
  expect(await run(...both)).toEqual(['read A', 'read B', 'read B', 'read B guard', 'write 1', 'read B']);
  expect(await run(...both)).toEqual(['read A', 'read B']);
  expect(await run(guardedStep('B', 3, true))).toEqual(['read B', 'read B', 'read B guard']);
  expect(await run(guardedStep('B', 9))).toEqual(['read B', 'read B', 'read B guard', 'guard-refused']);
});

test('touching is by whole key names', () => {
  const change: Change = {
    kind: 'registry-value',
    path: 'HKLM\\A\\B',
    name: 'V',
    before: null,
    after: dword(1),
    restart: false,
  };
  expect(touches(['hklm\\a'], [change])).toBe(true);
  expect(touches(['HKLM\\A\\B\\C'], [change])).toBe(true);
  expect(touches(['HKLM\\A\\BB'], [change])).toBe(false);
});
