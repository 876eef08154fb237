import {
  type Change,
  type RegistryData,
  type RegistryQuery,
  type ResourceModule,
  sameData,
  showData,
} from '@ratchet/core';
import { z } from 'zod';
import { dataIn } from './registry-state.js';

const params = z.strictObject({});
type Params = z.infer<typeof params>;

/** Something of a host that a plan saw, as it is now. */
interface Seen {
  readonly what: string;
  readonly planned: string;
  readonly found: string;
  readonly moved: boolean;
}

/** Whether data is that of a salted hash (null: absent). */
type Matches = (data: RegistryData | null, hash: string | null) => boolean;

const targetOf = (change: Change): string | null => {
  if (change.kind === 'registry-value') return `${change.path}|${change.name}`.toLowerCase();
  return change.kind === 'registry-key' ? `${change.path}|`.toLowerCase() : null;
};

/** Of several changes to one thing the first says what the plan saw. */
const firstOfEach = (changes: readonly Change[]): readonly Change[] => {
  const seen = new Set<string | null>([null]);
  return changes.filter((change) => {
    const target = targetOf(change);
    if (seen.has(target)) return false;
    seen.add(target);
    return true;
  });
};

const query = (change: Change): RegistryQuery =>
  change.kind === 'registry-value'
    ? { path: change.path, value: change.name }
    : { path: change.kind === 'registry-key' ? change.path : '' };

const look = (change: Change, key: Parameters<typeof dataIn>[0], matches: Matches): Seen | null => {
  if (change.kind === 'registry-key') {
    const found = key ? 'present' : 'absent';
    return { what: change.path, planned: change.before, found, moved: found !== change.before };
  }
  if (change.kind !== 'registry-value') return null;
  const { path, name, before, withheld } = change;
  const data = dataIn(key, name);
  const what = `${path} ${name === '' ? '(Default)' : name}`;
  if (withheld) {
    const moved = !matches(data, withheld.before);
    return { what, planned: '(withheld)', found: '(withheld)', moved };
  }
  return { what, planned: showData(before), found: showData(data), moved: !sameData(before, data) };
};

/** The assertion before a plan is applied: every before-value is as the plan saw it. It stops its host with `before-moved`. */
export const plannedState = (
  changes: ReadonlyMap<string, readonly Change[]>,
  matches: Matches,
): ResourceModule<Params, readonly Seen[]> => ({
  kind: 'resource',
  name: 'planned_state',
  summary: 'Checks that a host is as a plan saw it',
  params,
  parameters: {},
  state: z.custom<readonly Seen[]>(),
  async read(_given, host) {
    const first = firstOfEach(changes.get(host.name) ?? []);
    if (first.length === 0) return [];
    const keys = await host.registry(first.map(query));
    return first.flatMap((change, index) => look(change, keys[index] ?? null, matches) ?? []);
  },
  diff: () => [],
  refuse(_given, found) {
    const moved = found.filter((one) => one.moved);
    if (moved.length === 0) return null;
    const told = moved.map(({ what, planned, found: now }) => `${what} was ${planned}, is ${now}`);
    return {
      code: 'before-moved',
      message: `Changed since the plan was made: ${told.join('; ')}`,
      hint: 'The host is left untouched. Make a new plan, look at it, and apply that.',
    };
  },
});
