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
  const run = { id: 'r1', options: { user: 'ann' }, hosts: new Map([['win1', host]]) } as unknown as RunContext;
  lockAfterRestart(run, host);
  await releaseLocks(run);
  expect(calls).toEqual(['renewal begins', 'renewal ends', 'given back']);
});
