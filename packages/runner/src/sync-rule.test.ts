import { expect, test } from '@jest/globals';
import type { RunEvent, StampedEvent } from '@ratchet/core';
import { syncRule } from './sync-rule.js';

const stamped = (event: RunEvent): StampedEvent => ({ ...event, seq: 1, at: '2026-01-01T00:00:00.000Z' });

const finished = (step: string, outcome: 'ok' | 'changed'): StampedEvent =>
  stamped({ type: 'step_finished', step, host: 'win1', task: 't', outcome, ignored: false, changes: [], result: {} });

test('what only tells or was only read waits for the next sync', () => {
  const mustSync = syncRule();
  expect(mustSync(stamped({ type: 'task_started', task: 't', name: 'Read', handler: false }))).toBe(false);
  expect(mustSync(stamped({ type: 'step_started', step: 's', host: 'win1', task: 't' }))).toBe(false);
  expect(mustSync(finished('s', 'ok'))).toBe(false);
});

test('an intent is synced, and so is the end of its step, also when it changed nothing', () => {
  const mustSync = syncRule();
  expect(mustSync(stamped({ type: 'step_applying', step: 's', host: 'win1', changes: [] }))).toBe(true);
  expect(mustSync(finished('other', 'ok'))).toBe(false);
  expect(mustSync(finished('s', 'ok'))).toBe(true);
  expect(mustSync(finished('x', 'changed'))).toBe(true);
});

test('notified handlers and the end of the run are synced; what is owed was, in a file of its own', () => {
  const mustSync = syncRule();
  const debt = { kind: 'restart', reason: 'TLS 1.2' } as const;
  expect(mustSync(stamped({ type: 'debt_noted', host: 'win1', debt }))).toBe(false);
  expect(mustSync(stamped({ type: 'handler_notified', host: 'win1', handler: 'h', by: 't' }))).toBe(true);
  expect(mustSync(stamped({ type: 'run_finished', run: 'r', hosts: {}, debts: {}, exitCode: 0 }))).toBe(true);
});
