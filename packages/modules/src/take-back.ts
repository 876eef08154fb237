import {
  type HostReader,
  type RegistryAnswer,
  type RegistryData,
  type RegistryKey,
  type RegistryKeyChange,
  type RegistryQuery,
  type RegistryValueChange,
  type RegistryWrite,
  type ResourceModule,
  sameData,
  showData,
  writesOf,
} from '@ratchet/core';
import { z } from 'zod';
import { flag } from './parameter-values.js';
import { dataIn, isBelow, sameName } from './registry-state.js';
import type { TakeBackTargets, ValueTarget } from './take-back-targets.js';

const params = z.strictObject({ force: flag.default(false) });
type Params = z.infer<typeof params>;
type TakeBackChange = RegistryValueChange | RegistryKeyChange;

/** What a host holds now of what a run changed. */
export interface TakeBackState {
  readonly targets: TakeBackTargets;
  /** One for each value of the targets. */
  readonly values: readonly (RegistryData | null)[];
  /** One for each topmost created key. */
  readonly created: readonly RegistryAnswer[];
  /** One for each deleted key. */
  readonly deleted: readonly RegistryAnswer[];
}

/** A value, or a created key, that is not as the run left it: it is left alone. */
export interface LeftAlone {
  readonly what: string;
  readonly found: string;
}

/** The keys of a list that lie under no other of it. */
export const topmost = (paths: readonly string[]): readonly string[] =>
  paths.filter((path) => !paths.some((other) => isBelow(path, other)));

const NOTHING: TakeBackTargets = { values: [], created: [], deleted: [] };

const readTargets = async (targets: TakeBackTargets, host: HostReader): Promise<TakeBackState> => {
  const values = targets.values.map(({ path, name }): RegistryQuery => ({ path, value: name }));
  const created = topmost(targets.created).map((path): RegistryQuery => ({ path, tree: true }));
  const deleted = targets.deleted.map((path): RegistryQuery => ({ path }));
  const answers = await host.registry([...values, ...created, ...deleted]);
  const trees = values.length + created.length;
  return {
    targets,
    values: targets.values.map(({ name }, index) => dataIn(answers[index] ?? null, name)),
    created: answers.slice(values.length, trees),
    deleted: answers.slice(trees),
  };
};

const isForeign = (target: ValueTarget, found: RegistryData | null): boolean =>
  !sameData(found, target.original) && !target.isOurs(found);

const restored = (target: ValueTarget, found: RegistryData | null): RegistryValueChange => ({
  kind: 'registry-value',
  path: target.path,
  name: target.name,
  before: found,
  after: target.original,
  ...(target.secret ? { secret: true } : {}),
  restart: target.restart,
});

const valueChanges = ({ force }: Params, { targets, values }: TakeBackState): readonly RegistryValueChange[] =>
  targets.values.flatMap((target, index) => {
    const found = values[index] ?? null;
    if (sameData(found, target.original) || (isForeign(target, found) && !force)) return [];
    return [restored(target, found)];
  });

const everything = (key: RegistryKey): readonly RegistryWrite[] => [
  { op: 'create-key', path: key.path },
  ...key.values.map(({ name, data }): RegistryWrite => ({ op: 'set', path: key.path, name, data })),
  ...key.subkeys.flatMap(everything),
];

const valueId = (path: string, name: string): string => `${path}|${name}`.toLowerCase();

interface Emptying {
  readonly created: ReadonlySet<string>;
  /** Values that go. */
  readonly going: ReadonlySet<string>;
}

/** Whether a key is of the run's making and holds nothing once the values that go are gone. */
const becomesEmpty = (key: RegistryKey, about: Emptying): boolean =>
  about.created.has(key.path.toLowerCase()) &&
  key.values.every(({ name }) => about.going.has(valueId(key.path, name))) &&
  key.subkeys.every((subkey) => becomesEmpty(subkey, about));

/** The topmost keys of a tree that become empty. */
const emptied = (key: RegistryKey, about: Emptying): readonly RegistryKey[] =>
  becomesEmpty(key, about) ? [key] : key.subkeys.flatMap((subkey) => emptied(subkey, about));

const emptying = (targets: TakeBackTargets, going: readonly RegistryValueChange[]): Emptying => ({
  created: new Set(targets.created.map((path) => path.toLowerCase())),
  going: new Set(going.filter(({ after }) => after === null).map(({ path, name }) => valueId(path, name))),
});

const removal = (key: RegistryKey, values: readonly RegistryValueChange[]): RegistryKeyChange => {
  const inIt = values.filter(({ path }) => within(path, key.path));
  return {
    kind: 'registry-key',
    path: key.path,
    before: 'present',
    after: 'absent',
    deleted: everything(key),
    ...(inIt.some(({ secret }) => secret) ? { secret: true } : {}),
    restart: inIt.some(({ restart }) => restart),
  };
};

const within = (path: string, parent: string): boolean => sameName(path, parent) || isBelow(path, parent);

const diff = (given: Params, found: TakeBackState): readonly TakeBackChange[] => {
  const values = valueChanges(given, found);
  const about = emptying(found.targets, values);
  const removed = found.created.flatMap((key) => (key ? emptied(key, about) : []));
  const again = found.targets.deleted.flatMap((path, index): RegistryKeyChange[] =>
    found.deleted[index]
      ? []
      : [{ kind: 'registry-key', path, before: 'absent', after: 'present', creates: [path], restart: false }],
  );
  const kept = values.filter(({ path }) => !removed.some((key) => within(path, key.path)));
  return [...again, ...kept, ...removed.map((key) => removal(key, values))];
};

/** What is not as the run left it, and what it found there: values of somebody else, and created keys that hold such. */
export const leftAlone = (given: Params, found: TakeBackState): readonly LeftAlone[] => {
  if (given.force) return [];
  const about = emptying(found.targets, valueChanges(given, found));
  const values = found.targets.values.flatMap((target, index): LeftAlone[] => {
    const data = found.values[index] ?? null;
    const shown = target.secret ? '(withheld)' : showData(data);
    return isForeign(target, data) ? [{ what: `${target.path} ${target.name}`, found: shown }] : [];
  });
  const keys = found.created.flatMap((key): LeftAlone[] =>
    key && !becomesEmpty(key, about)
      ? [{ what: key.path, found: 'not empty: it holds what the run did not write' }]
      : [],
  );
  return [...values, ...keys];
};

const state: z.ZodType<TakeBackState> = z.custom<TakeBackState>();

const footprint = () => ({ registry: [] });

/** The module that takes a run's changes back, by compare-and-swap; made for one rollback from what there is to take back per host. */
export const takeBack = (
  targets: ReadonlyMap<string, TakeBackTargets>,
): ResourceModule<Params, TakeBackState, TakeBackChange> => ({
  kind: 'resource',
  name: 'take_back',
  summary: 'Takes back what a run changed',
  params,
  parameters: { force: { description: 'Also what somebody else has changed since', default: false } },
  state,
  read: (_given, host) => readTargets(targets.get(host.name) ?? NOTHING, host),
  diff,
  apply: (changes, host) => host.writeRegistry(writesOf(changes)),
  result: (given, found) => ({ left: leftAlone(given, found) }),
});

/** The assertion after `takeBack`: nothing was left alone. It stops its host with `before-moved`. */
export const nothingLeftAlone = (
  targets: ReadonlyMap<string, TakeBackTargets>,
): ResourceModule<Params, TakeBackState, TakeBackChange> => ({
  kind: 'resource',
  name: 'nothing_left_alone',
  summary: 'Tells what a rollback left alone',
  params,
  parameters: { force: { description: 'Nothing is left alone then', default: false } },
  state,
  footprint,
  read: (_given, host) => readTargets(targets.get(host.name) ?? NOTHING, host),
  diff: () => [],
  refuse(given, found) {
    const left = leftAlone(given, found);
    if (left.length === 0) return null;
    return {
      code: 'before-moved',
      message: `Changed by somebody else since, and left alone: ${left.map(({ what, found: now }) => `${what} is ${now}`).join('; ')}`,
      hint: 'Look at them; --force takes them back, too.',
    };
  },
});
