import type { Parameter, Statement } from './ast.js';
import type { Engine } from './engine.js';
import type { Evaluator } from './evaluator.js';
import { type Args, Callable, defined, type Item, templateError } from './item.js';
import { tuple } from './python.js';
import { namesIn } from './walk.js';

const MAX_CALLS = 100;

export interface MacroSource {
  readonly name: string;
  readonly parameters: readonly Parameter[];
  readonly body: readonly Statement[];
}

/** Makes the macros of one template; `run` gives the text of a body. */
export class Macros {
  readonly #engine: Engine;
  readonly #evaluator: Evaluator;
  readonly #run: (body: readonly Statement[]) => string;
  #calls = 0;

  constructor(engine: Engine, evaluator: Evaluator, run: (body: readonly Statement[]) => string) {
    this.#engine = engine;
    this.#evaluator = evaluator;
    this.#run = run;
  }

  /** What a `{% macro %}` or the body of a `{% call %}` names. */
  callable(source: MacroSource): Callable {
    const asked = namesIn(source.body);
    const call = (args: Args): Item => {
      if (this.#calls >= MAX_CALLS) throw templateError('Macros call each other too deeply.');
      this.#calls++;
      try {
        return this.#evaluator.scoped(() => {
          this.#bind(source, args, asked);
          return this.#run(source.body);
        });
      } finally {
        this.#calls--;
      }
    };
    return new Callable(source.name, call, true);
  }

  #bind({ name, parameters }: MacroSource, args: Args, asked: ReadonlySet<string>): void {
    parameters.forEach(({ name: parameter, otherwise }, index) => {
      const given = args.raw(index, parameter);
      const missing = () => (otherwise ? this.#evaluator.evaluate(otherwise) : this.#engine.undefinedName(parameter));
      this.#evaluator.name(parameter, given === undefined ? missing() : given);
    });
    const caller = args.named.get('caller');
    if (caller !== undefined) {
      args.raw(-1, 'caller');
      this.#evaluator.name('caller', caller);
    }
    if (asked.has('varargs')) this.#evaluator.name('varargs', tuple(args.rest(parameters.length)));
    if (asked.has('kwargs')) {
      const known = new Set([...parameters.map((parameter) => parameter.name), 'caller']);
      const others = [...args.options()].filter(([other]) => !known.has(other));
      this.#evaluator.name('kwargs', new Map(others.map(([other, item]) => [other, defined(item)])));
    }
    args.refuseUnused(`The macro "${name}"`);
  }
}
