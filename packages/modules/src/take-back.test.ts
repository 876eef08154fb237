import { describe, expect, test } from '@jest/globals';
import type { Change, RegistryData, RegistryKey } from '@ratchet/core';
import { leftAlone, type TakeBackState, takeBack, topmost } from './take-back.js';
import { takeBackTargets, type Withheld } from './take-back-targets.js';

const KEY = 'HKEY_LOCAL_MACHINE\\SOFTWARE\\Try';
const dword = (number: number): RegistryData => ({ type: 'REG_DWORD', number });
const value = (name: string, before: RegistryData | null, after: RegistryData | null, creates?: string[]): Change => ({
  kind: 'registry-value',
  path: KEY,
  name,
  before,
  after,
  restart: true,
  ...(creates ? { creates } : {}),
});

const nothingWithheld: Withheld = { before: () => null, deleted: () => [], matches: () => false };
const module = takeBack(new Map());

const stateOf = (
  changes: readonly Change[],
  now: Readonly<Record<string, RegistryData>>,
  withheld: Withheld = nothingWithheld,
): TakeBackState => {
  const targets = takeBackTargets(changes, withheld);
  const key: RegistryKey = {
    path: KEY,
    values: Object.entries(now).map(([name, data]) => ({ name, data })),
    subkeys: [],
  };
  return {
    targets,
    values: targets.values.map(({ name }) => now[name] ?? null),
    created: topmost(targets.created).map(() => key),
    deleted: targets.deleted.map(() => null),
  };
};

describe('taking back', () => {
  test('restores what was there and removes what was not', () => {
    const found = stateOf([value('a', dword(0), dword(1)), value('b', null, dword(1))], { a: dword(1), b: dword(1) });
    expect(module.diff({ force: false }, found)).toEqual([
      expect.objectContaining({ name: 'b', before: dword(1), after: null, restart: true }),
      expect.objectContaining({ name: 'a', before: dword(1), after: dword(0), restart: true }),
    ]);
    expect(leftAlone({ force: false }, found)).toEqual([]);
  });

  test('of two changes to one value goes back to the first before-value, from either of them', () => {
    const changes = [value('a', dword(0), dword(1)), value('a', dword(1), dword(2))];
    for (const now of [1, 2])
      expect(module.diff({ force: false }, stateOf(changes, { a: dword(now) }))).toEqual([
        expect.objectContaining({ before: dword(now), after: dword(0) }),
      ]);
    expect(module.diff({ force: false }, stateOf(changes, { a: dword(0) }))).toEqual([]);
  });

  test('leaves alone what somebody else has changed since, unless forced', () => {
    const found = stateOf([value('a', dword(0), dword(1))], { a: dword(7) });
    expect(module.diff({ force: false }, found)).toEqual([]);
    expect(leftAlone({ force: false }, found)).toEqual([{ what: `${KEY} a`, found: 'dword 7 (0x7)' }]);
    expect(module.diff({ force: true }, found)).toEqual([
      expect.objectContaining({ before: dword(7), after: dword(0) }),
    ]);
  });

  test('removes a key of its own making when nothing else is in it, and keeps it otherwise', () => {
    const changes = [value('a', null, dword(1), [KEY])];
    expect(module.diff({ force: false }, stateOf(changes, { a: dword(1) }))).toEqual([
      expect.objectContaining({ kind: 'registry-key', path: KEY, after: 'absent', restart: true }),
    ]);
    const shared = stateOf(changes, { a: dword(1), theirs: dword(1) });
    expect(module.diff({ force: false }, shared)).toEqual([expect.objectContaining({ name: 'a', after: null })]);
    expect(leftAlone({ force: false }, shared)).toEqual([expect.objectContaining({ what: KEY })]);
  });

  test('a deleted key comes back with its values', () => {
    const gone: Change = {
      kind: 'registry-key',
      path: KEY,
      before: 'present',
      after: 'absent',
      deleted: [
        { op: 'create-key', path: KEY },
        { op: 'set', path: KEY, name: 'x', data: dword(5) },
      ],
      restart: false,
    };
    expect(module.diff({ force: false }, stateOf([gone], {}))).toEqual([
      expect.objectContaining({ kind: 'registry-key', after: 'present' }),
      expect.objectContaining({ name: 'x', before: null, after: dword(5) }),
    ]);
  });

  test('withheld data is known by its hash and restored from the backup', () => {
    const change: Change = {
      kind: 'registry-value',
      path: KEY,
      name: 'secret',
      before: null,
      after: null,
      withheld: { before: '#3', after: '#4' },
      restart: false,
    };
    const withheld: Withheld = {
      before: () => dword(3),
      deleted: () => [],
      matches: (data, hash) => data !== null && 'number' in data && `#${data.number}` === hash,
    };
    expect(module.diff({ force: false }, stateOf([change], { secret: dword(4) }, withheld))).toEqual([
      expect.objectContaining({ before: dword(4), after: dword(3) }),
    ]);
    expect(module.diff({ force: false }, stateOf([change], { secret: dword(9) }, withheld))).toEqual([]);
  });
});
