import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import type { HostKeep } from '@ratchet/core';
import type { RunContext } from './contexts.js';
import { type HeldLock, lockAfterRestart, releaseLocks } from './host-lock.js';
import type { HostState } from './host-state.js';

test('a lock that is being renewed is given back after that, since the renewal would make it anew', async () => {
  const calls: string[] = [];
  const keep = {
    lock: async () => {
      calls.push('renewal begins');
      await pause(20);
      calls.push('renewal ends');
      return 'renewed';
    },
    release: async () => void calls.push('given back'),
  } as Partial<HostKeep> as HostKeep;
  const timer = setInterval(() => undefined, 1_000_000);
  const lock: HeldLock = { keep, taken: 0, timer, life: 3600, renewed: 0, renewing: Promise.resolve() };
  const host = { name: 'win1', lock, debts: [], debtsMoved: false } as unknown as HostState;
  const run = {
    id: 'r1',
    options: { user: 'ann', signal: new AbortController().signal },
    hosts: new Map([['win1', host]]),
  } as unknown as RunContext;
  lockAfterRestart(run, host);
  await releaseLocks(run);
  expect(calls).toEqual(['renewal begins', 'renewal ends', 'given back']);
});

test('after Ctrl-C a lock from before the run was cut off is given back over a connection that there is; without one that is told', async () => {
  const given: string[] = [];
  const keep = { release: async () => void given.push('win1') } as Partial<HostKeep> as HostKeep;
  const hostWith = (name: string, ports: readonly unknown[]): HostState =>
    ({
      name,
      debts: [],
      debtsMoved: false,
      ports: new Map(ports.map((port, at) => [at, port])),
    }) as unknown as HostState;
  const warnings: string[] = [];
  const steps = ['win1', 'win2', 'local'].map((host) => [host, { host }] as const);
  const run = {
    id: 'r1',
    options: { user: 'ann', signal: AbortSignal.abort() },
    sink: { warn: async (host: string, message: string) => void warnings.push(`${host}: ${message}`) },
    hosts: new Map([
      ['win1', hostWith('win1', [{ keep }])],
      ['win2', hostWith('win2', [])],
      ['local', hostWith('local', [{}])],
    ]),
    resume: { history: { steps: new Map(steps) } },
  } as unknown as RunContext;
  await releaseLocks(run);
  expect(given).toEqual(['win1']);
  expect(warnings).toEqual([
    expect.stringMatching(/^win2: the lock was not given back, if the run still had it from before/),
  ]);
});
