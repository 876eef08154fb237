import { describe, expect, test } from '@jest/globals';
import type { RunEvent, StampedEvent } from '@ratchet/core';
import { historyOf, restartsAskedFor, wasOver } from './history.js';

const stamp = (events: readonly RunEvent[]): readonly StampedEvent[] =>
  events.map((event, index) => ({ ...event, seq: index + 1, at: '2026-01-01T00:00:00Z' }));

const step = 'p0.b0/a.yml:3@win1';
const begun: RunEvent = { type: 'step_started', step, host: 'win1', task: 'a.yml:3' };
const change = {
  kind: 'registry-value',
  path: 'HKEY_LOCAL_MACHINE\\SOFTWARE\\A',
  name: 'B',
  before: null,
  after: { type: 'REG_DWORD', number: 1 },
  restart: false,
} as const;
const applying: RunEvent = { type: 'step_applying', step, host: 'win1', changes: [change] };
const ended = (outcome: 'changed' | 'failed' | 'unreachable'): RunEvent => ({
  type: 'step_finished',
  step,
  host: 'win1',
  task: 'a.yml:3',
  outcome,
  ignored: false,
  changes: outcome === 'changed' ? [change] : [],
  result: { changed: outcome === 'changed', rc: 0 },
});

describe('the history of a step', () => {
  test('goes from begun to applying to finished, with its changes and result', () => {
    expect(historyOf(stamp([begun])).step(step)).toMatchObject({ state: 'begun', changes: [] });
    expect(historyOf(stamp([begun, applying])).step(step)).toMatchObject({ state: 'applying', changes: [change] });
    expect(historyOf(stamp([begun, applying, ended('changed')])).step(step)).toMatchObject({
      state: 'finished',
      outcome: 'changed',
      result: { changed: true, rc: 0 },
    });
  });

  test('keeps an intent when the step begins again, and an unreachable host leaves its step as it was', () => {
    expect(historyOf(stamp([begun, applying, begun])).step(step)).toMatchObject({ state: 'applying' });
    expect(historyOf(stamp([begun, applying, ended('unreachable')])).step(step)).toMatchObject({ state: 'applying' });
    expect(historyOf(stamp([begun, ended('unreachable')])).step(step)).toMatchObject({ state: 'begun' });
  });

  test('tells whether a flush of handlers was over for a host', () => {
    const at = (batch: string, host: string): RunEvent => ({ ...begun, step: `${batch}/a.yml:3@${host}`, host });
    const history = historyOf(stamp([at('p0.b0.f1', 'win1'), at('p0.b0.f1', 'win2'), at('p0.b0', 'win1')]));
    expect(wasOver(history, 'p0.b0.f1', 'win1')).toBe(true);
    expect(wasOver(history, 'p0.b0.f1', 'win2')).toBe(false);
    expect(wasOver(history, 'p0.b0.f2', 'win1')).toBe(false);
    expect(wasOver(undefined, 'p0.b0.f1', 'win1')).toBe(false);
  });

  test('counts the restarts that a host was asked for, one that was gone on with once', () => {
    const restart = { kind: 'reboot', reason: 'r', restart: false } as const;
    const asked = (id: string, continued = false): RunEvent => ({
      type: 'step_applying',
      step: id,
      host: 'win1',
      changes: [continued ? { ...restart, continued } : restart],
    });
    const history = historyOf(stamp([applying, asked('a'), asked('b'), asked('b', true)]));
    expect(restartsAskedFor(history, 'win1')).toBe(2);
    expect(restartsAskedFor(history, 'win2')).toBe(0);
    expect(restartsAskedFor(undefined, 'win1')).toBe(0);
  });

  test('says nothing of steps that are not in it', () => {
    expect(historyOf([]).step(step)).toBeUndefined();
  });
});
