import type { Value } from '@ratchet/core';
import type { Target } from './ast.js';
import type { Engine } from './engine.js';
import { type Item, Members, templateError } from './item.js';
import { isDict, isList, iterate } from './python.js';

export type Names = Map<string, Item>;

/** The names that a template gives by itself, in levels, the innermost last; below them are the engine's variables. */
export class NameLevels {
  readonly #engine: Engine;
  readonly #levels: Names[];

  constructor(engine: Engine, outer: readonly Names[]) {
    this.#engine = engine;
    this.#levels = [...outer, new Map()];
  }

  /** All levels, the outermost first. */
  get all(): readonly Names[] {
    return this.#levels;
  }

  /** Works in a level of its own. */
  scoped<T>(work: () => T): T {
    this.#levels.push(new Map());
    try {
      return work();
    } finally {
      this.#levels.pop();
    }
  }

  /** Names one item in the innermost level. */
  set(name: string, item: Item): void {
    this.#levels.at(-1)?.set(name, item);
  }

  lookup(name: string): Item {
    // A name that is bound to none is bound.
    const found = this.#levelOf(name)?.get(name);
    return found === undefined ? this.#engine.variable(name) : found;
  }

  /** Binds a target of `set` or `for`. */
  assign(target: Target, item: Item): void {
    if (target.kind === 'name') {
      this.set(target.name, item);
      return;
    }
    if (target.kind === 'member') {
      const object = this.lookup(target.name);
      if (!(object instanceof Members))
        throw templateError(`"${target.name}" is no namespace; only those can be set by member.`);
      object.values.set(target.member, item);
      return;
    }
    const values = iterate(this.#engine.loose(item));
    if (values.length !== target.targets.length)
      throw templateError(`${target.targets.length} values were expected, and there are ${values.length}.`);
    for (const [index, one] of target.targets.entries()) this.assign(one, values[index] as Value);
  }

  /** The value behind a name as the template's own, to be changed: a variable's is copied, and the name bound to the copy. */
  owned(name: string, value: Value): Value {
    const finished = this.#engine.finish(value);
    if (this.#levelOf(name)) return finished;
    const copy = isDict(finished) ? new Map(finished) : isList(finished) ? [...finished] : finished;
    this.#levels[0]?.set(name, copy);
    return copy;
  }

  #levelOf(name: string): Names | undefined {
    return this.#levels.findLast((names) => names.has(name));
  }
}
