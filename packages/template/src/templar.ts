import { type Position, RatchetError, sourceError, Template, type Value } from '@ratchet/core';
import { asBoolean, conditionItem, conditionsIn, foreignCondition } from './condition.js';
import { Engine, type Scope, type TemplarOptions } from './engine.js';
import { globalsOf } from './globals.js';
import { OMIT } from './item.js';
import type { FileOptions } from './parse-cache.js';
import { isDict, isList, truthy } from './python.js';
import { str } from './python-text.js';

/** Templates values in one scope. Errors are RatchetErrors with a place; what a scope throws passes through. */
export class Templar {
  readonly #scope: Scope;
  readonly #options: TemplarOptions;

  constructor(scope: Scope, options: TemplarOptions = {}) {
    this.#scope = scope;
    this.#options = options;
  }

  #engine(): Engine {
    return new Engine(this.#scope, this.#options, globalsOf);
  }

  /** The value with every Template resolved; mapping entries that come to `omit` are dropped. */
  finish(value: Value): Value {
    if (typeof value !== 'object' || value === null) return value;
    const position = value instanceof Template ? value.position : undefined;
    return this.#guarded(position, (engine) => dropOmitted(engine.whole(value), engine));
  }

  /** The value of a bare expression (`until:`, `var:`). */
  expression(text: string, position: Position): Value {
    return this.#guarded(position, (engine) => dropOmitted(engine.whole(engine.expression(text, position)), engine));
  }

  /** The finished value of a variable, or undefined when there is none of this name. Throws when it uses what is undefined. */
  variable(name: string): Value | undefined {
    const value = this.#scope.get(name);
    return value === undefined ? undefined : this.finish(value);
  }

  /** The text of a template file, always a text. */
  file(text: string, position: Position, options: FileOptions = {}): string {
    return this.#guarded(position, (engine) => str(engine.file(text, position, options)));
  }

  /**
   * Whether a condition holds: a bare expression, or one with templates in it, whose texts count as values and never as code. Its value by
   * Python's truth, but a text that reads like a boolean (`"false"`) is an error.
   */
  condition(value: Value, position: Position): boolean {
    if (typeof value === 'boolean') return value;
    return this.#guarded(position, (engine) =>
      this.#holds(engine.finish(conditionItem(value, position, engine)), position),
    );
  }

  /** The conditions that a parameter holds, in order; each is looked at when it is asked for. */
  conditions(
    value: Value,
    position: Position,
  ): readonly { readonly shown: () => Value; readonly holds: () => boolean }[] {
    return this.#guarded(position, (engine) => conditionsIn(value, engine)).map(({ value: one, own }) => ({
      shown: () => this.finish(one),
      holds: () => (own ? this.condition(one, position) : this.#holds(foreignCondition(one, position), position)),
    }));
  }

  #holds(found: Value, position: Position): boolean {
    return this.#options.anyConditions === true ? truthy(found) : asBoolean(found, position);
  }

  #guarded<T>(position: Position | undefined, work: (engine: Engine) => T): T {
    try {
      return work(this.#engine());
    } catch (thrown) {
      if (thrown instanceof RangeError) throw beyondBounds(thrown, position);
      if (thrown instanceof RatchetError && position) throw thrown.at({ at: 'source', position });
      throw thrown;
    }
  }
}

/** What the engine of JavaScript itself cannot hold: a stack or a text. */
const beyondBounds = (thrown: RangeError, position: Position | undefined): RatchetError => {
  const message = /call stack/i.test(thrown.message)
    ? 'The template or its value is nested too deeply.'
    : 'The text of the template grows too large.';
  return position ? sourceError('template-error', message, position) : new RatchetError('template-error', message);
};

const dropOmitted = (value: Value, engine: Engine): Value => (engine.omitted ? withoutOmitted(value) : value);

const withoutOmitted = (value: Value): Value => {
  if (isList(value)) return value.filter((item) => item !== OMIT).map(withoutOmitted);
  if (!isDict(value)) return value;
  return new Map(
    [...value].filter(([, item]) => item !== OMIT).map(([key, item]) => [key, withoutOmitted(item)] as [Value, Value]),
  );
};
