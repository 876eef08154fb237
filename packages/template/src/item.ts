import { randomUUID } from 'node:crypto';
import { RatchetError, type Value } from '@ratchet/core';

/** A name or member that is not there: an error when used, unless `default` or a test of definedness looks at it first. */
export class Undefined {
  readonly name: string;
  /** Written as nothing instead of being an error: the value of a false `a if b` without `else`. */
  readonly silent: boolean;
  readonly #make: () => RatchetError;
  #error: RatchetError | undefined;
  /** The error is made when it is asked for: most that is undefined meets a `default`, and looking for the nearest name takes time. */
  constructor(name: string, error: () => RatchetError, silent = false) {
    this.name = name;
    this.#make = error;
    this.silent = silent;
  }

  get error(): RatchetError {
    this.#error ??= this.#make();
    return this.#error;
  }
}

/** Something a template can call. */
export class Callable {
  readonly name: string;
  readonly call: (args: Args) => Item;
  /** It hands lists and dicts on and does not look into them: what is undefined in one may stay so. */
  readonly handsOn: boolean;
  constructor(name: string, call: (args: Args) => Item, handsOn = false) {
    this.name = name;
    this.call = call;
    this.handsOn = handsOn;
  }
}

/** An object with named members that is no dict: `loop`, `namespace()`, a time. */
export class Members {
  readonly values: Map<string, Item>;
  readonly text: string;
  constructor(values: Map<string, Item>, text: string) {
    this.values = values;
    this.text = text;
  }
}

/** Whatever an expression may come to while it is evaluated. */
export type Item = Value | Undefined | Callable | Members;

/** Whether an item is none that a variable could have. */
export const isNoValue = (item: Item): item is Undefined | Callable | Members =>
  item instanceof Undefined || item instanceof Callable || item instanceof Members;

/** Something undefined as a part of a list or a dict, where it stays until somebody looks at it. */
export const asPart = (item: Undefined): Value => item as unknown as Value;

/** What `make` gives, or an Undefined when that uses an undefined variable: an error only when used. */
export const orUndefined = <Made>(name: string, make: () => Made): Made | Undefined => {
  try {
    return make();
  } catch (thrown) {
    if (thrown instanceof RatchetError && thrown.code === 'undefined-variable')
      return new Undefined(name, () => thrown);
    throw thrown;
  }
};

/** The value of `omit`: mapping entries that hold it are dropped when a value is finished. Unguessable, as hosts' texts are data. */
export const OMIT = `__omit_place_holder__${randomUUID()}`;

/** A fault of a template at run time; the place is added where the template is known. */
export const templateError = (message: string, hint?: string): RatchetError =>
  new RatchetError('template-error', message, { hint });

/** The item as a value; an undefined one throws its error. */
export const defined = (item: Item): Value => {
  if (item instanceof Undefined) {
    if (item.silent) return '';
    throw item.error;
  }
  if (item instanceof Callable) throw templateError(`"${item.name}" is a function; call it with parentheses.`);
  if (item instanceof Members) return item.text;
  return item;
};

/** Arguments of a call; each is taken by place or name, and those that nobody took are an error. */
export class Args {
  readonly positional: readonly Item[];
  readonly named: ReadonlyMap<string, Item>;
  readonly #used = new Set<string>();
  #reached = 0;

  constructor(positional: readonly Item[] = [], named: ReadonlyMap<string, Item> = new Map()) {
    this.positional = positional;
    this.named = named;
  }

  raw(index: number, name: string): Item | undefined {
    this.#reached = Math.max(this.#reached, index + 1);
    this.#used.add(name);
    const placed = this.positional[index];
    return placed === undefined ? this.named.get(name) : placed;
  }

  get(index: number, name: string): Value | undefined {
    const item = this.raw(index, name);
    return item === undefined ? undefined : defined(item);
  }

  need(index: number, name: string): Value {
    const value = this.get(index, name);
    if (value === undefined) throw templateError(`The argument "${name}" is missing.`);
    return value;
  }

  /** As `rest`, with those that are undefined. */
  restItems(from: number): readonly Item[] {
    this.#reached = Number.POSITIVE_INFINITY;
    return this.positional.slice(from);
  }

  rest(from: number): readonly Value[] {
    this.#reached = Number.POSITIVE_INFINITY;
    return this.positional.slice(from).map(defined);
  }

  options(): ReadonlyMap<string, Item> {
    for (const name of this.named.keys()) this.#used.add(name);
    return this.named;
  }

  refuseUnused(what: string): void {
    if (this.positional.length > this.#reached)
      throw templateError(`${what} takes at most ${this.#reached} arguments.`);
    for (const name of this.named.keys())
      if (!this.#used.has(name)) throw templateError(`${what} has no argument "${name}".`);
  }
}
