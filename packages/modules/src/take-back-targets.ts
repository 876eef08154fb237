import {
  type Change,
  type RegistryData,
  type RegistryKeyChange,
  type RegistryValueChange,
  type RegistryWrite,
  sameData,
} from '@ratchet/core';

/** A value that a run changed: what it was before, and by what it is known as still being the run's own. */
export interface ValueTarget {
  readonly path: string;
  readonly name: string;
  readonly original: RegistryData | null;
  /** Whether this data is one that the run wrote, or found. */
  isOurs(data: RegistryData | null): boolean;
  /** Its data was withheld, and may not be told now either. */
  readonly secret: boolean;
  readonly restart: boolean;
}

/** What there is to take back on one host. */
export interface TakeBackTargets {
  /** The last changed first. */
  readonly values: readonly ValueTarget[];
  /** Keys that the run brought into being. */
  readonly created: readonly string[];
  /** Keys that were there and that the run deleted. */
  readonly deleted: readonly string[];
}

/** What is known of data that the journal withholds. */
export interface Withheld {
  /** The data before, from the `.reg` backup. */
  before(change: RegistryValueChange): RegistryData | null;
  /** All that a key held when it was deleted, from the `.reg` backup. */
  deleted(change: RegistryKeyChange): readonly RegistryWrite[];
  /** Whether data is that of a hash (null: absent). */
  matches(data: RegistryData | null, hash: string | null): boolean;
}

type Known = (data: RegistryData | null) => boolean;

interface Collected {
  readonly path: string;
  readonly name: string;
  readonly original: RegistryData | null;
  readonly known: Known[];
  secret: boolean;
  restart: boolean;
}

const fold = (path: string): string => path.toLowerCase();

class Collector {
  readonly #withheld: Withheld;
  readonly #values = new Map<string, Collected>();
  readonly #created = new Map<string, string>();
  readonly #deleted = new Map<string, string>();

  constructor(withheld: Withheld) {
    this.#withheld = withheld;
  }

  add(change: Change): void {
    if (change.kind === 'registry-value') this.#value(change);
    if (change.kind !== 'registry-value' && change.kind !== 'registry-key') return;
    for (const path of change.creates ?? []) if (!this.#deleted.has(fold(path))) this.#created.set(fold(path), path);
    if (change.kind !== 'registry-key' || change.after === 'present') return;
    this.#wasThere(change.path);
    const { restart, deleted } = change;
    const how = { secret: deleted === undefined, restart };
    for (const write of deleted ?? this.#withheld.deleted(change)) {
      if (write.op === 'create-key') this.#wasThere(write.path);
      if (write.op === 'set') this.#touch(write, write.data, [(data) => data === null], how);
    }
  }

  #wasThere(path: string): void {
    if (!this.#created.has(fold(path))) this.#deleted.set(fold(path), path);
  }

  #value(change: RegistryValueChange): void {
    const { path, name, after, withheld, restart } = change;
    const before = withheld ? this.#withheld.before(change) : change.before;
    const hashes = withheld ? [withheld.before, withheld.after] : [];
    const known: Known[] = hashes.map((hash) => (data) => this.#withheld.matches(data, hash));
    if (!withheld) known.push((data) => sameData(data, after));
    this.#touch({ path, name }, before, known, { secret: withheld !== undefined, restart });
  }

  #touch(
    { path, name }: { readonly path: string; readonly name: string },
    before: RegistryData | null,
    after: readonly Known[],
    { secret, restart }: { readonly secret: boolean; readonly restart: boolean },
  ): void {
    const key = `${fold(path)}|${fold(name)}`;
    const target = this.#values.get(key) ?? { path, name, original: before, known: [], secret, restart };
    target.known.push((data) => sameData(data, before), ...after);
    target.secret ||= secret;
    target.restart ||= restart;
    this.#values.delete(key);
    this.#values.set(key, target);
  }

  targets(): TakeBackTargets {
    const values = [...this.#values.values()].reverse().map(({ path, name, original, known, secret, restart }) => ({
      path,
      name,
      original,
      isOurs: (data: RegistryData | null) => known.some((is) => is(data)),
      secret,
      restart,
    }));
    return { values, created: [...this.#created.values()], deleted: [...this.#deleted.values()] };
  }
}

/** What the changes of a run, in their order, leave to take back: of several changes to one value the first before-value counts. */
export const takeBackTargets = (changes: readonly Change[], withheld: Withheld): TakeBackTargets => {
  const collector = new Collector(withheld);
  for (const change of changes) collector.add(change);
  return collector.targets();
};
