import { createHash } from 'node:crypto';
import {
  type Dict,
  didYouMean,
  LazyDict,
  type Position,
  RatchetError,
  sourceError,
  Template,
  type Value,
} from '@ratchet/core';
import { withEndBreaks } from './end-breaks.js';
import { readHeader } from './file-header.js';
import { filterOf, hasFilter } from './filters.js';
import { inputOf } from './input.js';
import { Interpreter } from './interpreter.js';
import {
  type Args,
  asPart,
  type Callable,
  defined,
  type Item,
  OMIT,
  orUndefined,
  templateError,
  Undefined,
} from './item.js';
import { testOf } from './jinja-tests.js';
import { made } from './made.js';
import { expressionOf, type FileOptions, statementsOf, statementsOfFile } from './parse-cache.js';
import { isDict, isList, likewise } from './python.js';
import { loadTemplate } from './search.js';
import { inTextMode } from './text-mode.js';

/** Variables as a template sees them. */
export interface Scope {
  /** The value of a variable, which may hold Templates, or undefined when there is none. */
  get(name: string): Value | undefined;
  names(): Iterable<string>;
  /** The same value where the operator wrote it, and neither a host nor a module had a part in it; such a text may be a condition. */
  written?(name: string): Value | undefined;
}

/** A lookup: its terms and its named options; it answers with a list. */
export type Lookup = (terms: readonly Value[], options: ReadonlyMap<string, Value>, engine: Engine) => readonly Value[];

export interface TemplarOptions {
  /** More lookups by name (`file`, `template`, …), beside the built-in ones. */
  readonly lookups?: ReadonlyMap<string, Lookup> | undefined;
  /** Folders in which lookups look for files, in order (see `searchPlaces`); the working folder unless told. */
  readonly searchRoots?: (() => readonly string[]) | undefined;
  /** The subfolder of each that `first_found` looks in; `files` unless told. */
  readonly searchFolder?: string | undefined;
  /** The text of an included template. */
  readonly load?: ((name: string) => { readonly text: string; readonly position: Position } | undefined) | undefined;
  /** False: templates come to text as with Ansible's `jinja2_native=false` (true unless told). */
  readonly native?: boolean | undefined;
  /** True: a condition may come to a text such as "false", and is then true, as with Ansible's `allow_broken_conditionals`. */
  readonly anyConditions?: boolean | undefined;
  /** Milliseconds one call may take (10000 unless told). */
  readonly timeLimit?: number | undefined;
  /** UTF-16 units one text may come to (16 million unless told). */
  readonly sizeLimit?: number | undefined;
}

const TIME_LIMIT = 10_000;
const SIZE_LIMIT = 16_000_000;
const MAX_STEPS = 5_000_000;
const MAX_CHAIN = 60;

interface Open {
  readonly template: Template;
  readonly name: string | undefined;
}

/** One call of a Templar: what is open, what is known already, and what is left of the limits. */
export class Engine {
  readonly scope: Scope;
  readonly options: TemplarOptions;
  readonly #makeGlobals: (engine: Engine) => ReadonlyMap<string, Item>;
  #globals: ReadonlyMap<string, Item> | undefined;
  omitted = false;
  readonly #open: Open[] = [];
  readonly #known = new Map<Template, Value>();
  readonly #clean = new WeakSet<object>();
  #metLazy = false;
  #undefinedKept = 0;
  readonly #deadline: number;
  #steps = 0;

  constructor(scope: Scope, options: TemplarOptions, globals: (engine: Engine) => ReadonlyMap<string, Item>) {
    this.scope = scope;
    this.options = options;
    this.#deadline = Date.now() + (options.timeLimit ?? TIME_LIMIT);
    this.#makeGlobals = globals;
  }

  /** The functions every template may call, made when one first looks for them. */
  get globals(): ReadonlyMap<string, Item> {
    this.#globals ??= this.#makeGlobals(this);
    return this.#globals;
  }

  /** Counts one step; throws when the template has taken too many or too long. */
  step(): void {
    this.#steps++;
    if (this.#steps > MAX_STEPS) throw templateError('The template takes too many steps.');
    if (this.#steps % 256 === 0 && Date.now() > this.#deadline) throw templateError('The template takes too long.');
  }

  checkSize(length: number): void {
    if (length > (this.options.sizeLimit ?? SIZE_LIMIT))
      throw templateError('The text of the template grows too large.');
  }

  /** A variable or a global, its own templates resolved at the top only. */
  variable(name: string): Item {
    const value = this.scope.get(name);
    if (value !== undefined) return value instanceof Template ? this.lazily(value, name) : value;
    if (name === 'omit') {
      this.omitted = true;
      return OMIT;
    }
    return this.globals.get(name) ?? this.undefinedName(name);
  }

  undefinedName(name: string): Undefined {
    return new Undefined(name, () => {
      const hint = didYouMean(name, [...this.scope.names(), ...this.globals.keys()]);
      return new RatchetError('undefined-variable', `An undefined variable is used: '${name}' is undefined.`, {
        hint,
        details: { name },
      });
    });
  }

  /** A template's value, or an Undefined when it uses an undefined variable: an error only when used. */
  lazily(template: Template, name: string | undefined): Item {
    return orUndefined(name ?? '', () => this.template(template, name));
  }

  /** The value of a template; a template that is being resolved already is a loop. */
  template(template: Template, name?: string): Value {
    const known = this.#known.get(template);
    if (known !== undefined) return known;
    this.#refuseLoop(template, name);
    this.#open.push({ template, name });
    try {
      const statements = statementsOf(template.text, template.position, false);
      const run = new Interpreter(this, template).run(statements);
      const value =
        this.options.native === false
          ? inTextMode(template.text, statements, this.whole(run, name), this.scope)
          : run instanceof Undefined
            ? this.finish(run)
            : withEndBreaks(this.finish(run, name), template.text);
      this.#known.set(template, value);
      return value;
    } finally {
      this.#open.pop();
    }
  }

  #refuseLoop(template: Template, name: string | undefined): void {
    const first = this.#open.findIndex((open) => open.template === template);
    if (first === -1) {
      if (this.#open.length >= MAX_CHAIN)
        throw sourceError('template-error', 'The variables refer to each other too deeply.', template.position);
      return;
    }
    const chain = [...this.#open.slice(first).map((open) => open.name), name].filter((part) => part !== undefined);
    throw sourceError(
      'variable-loop',
      `The variables refer to each other in a circle: ${chain.join(' > ')}.`,
      template.position,
      {
        details: { chain },
      },
    );
  }

  /** As `finish`, and what is made only when it is asked for (`hostvars`) is made: for what leaves the template. */
  whole(item: Item, name?: string): Value {
    const value = this.finish(item, name);
    return this.#metLazy ? made(value) : value;
  }

  /** The value with every Template in it resolved, but for a LazyDict, which needs none of it. Untouched parts are shared, not copied. */
  finish(item: Item, name?: string): Value {
    return this.#finish(item, name, false);
  }

  /** As `finish`, for those that look at a list's or a dict's items one by one: what is undefined among them stays so. */
  loose(item: Item): Value {
    return this.#finish(defined(item), undefined, true);
  }

  #finish(item: Item, name: string | undefined, loosely: boolean): Value {
    if (loosely && item instanceof Undefined && !item.silent) {
      this.#undefinedKept++;
      return asPart(item);
    }
    const value = defined(item);
    if (typeof value !== 'object' || value === null) return value;
    if (value instanceof LazyDict) {
      this.#metLazy = true;
      return value;
    }
    if (value instanceof Template) return this.template(value, name);
    const isWhole = isList(value) || isDict(value);
    if (!isWhole || this.#clean.has(value)) return value;
    this.step();
    const before = this.#undefinedKept;
    const result = isList(value) ? this.#finishList(value, name, loosely) : this.#finishDict(value, name, loosely);
    if (this.#undefinedKept === before) this.#clean.add(result as object);
    return result;
  }

  #finishList(value: readonly Value[], name: string | undefined, loosely: boolean): Value {
    const items = value.map((item, index) => this.#finish(item, name && `${name}[${index}]`, loosely));
    return items.every((item, index) => item === value[index]) ? (value as Value) : likewise(value, items);
  }

  #finishDict(value: Dict, name: string | undefined, loosely: boolean): Value {
    let changed = false;
    const result = new Map<Value, Value>();
    for (const [key, item] of value) {
      const done = this.#finish(item, name && typeof key === 'string' ? `${name}.${key}` : name, loosely);
      changed ||= done !== item;
      result.set(key, done);
    }
    return changed ? result : value;
  }

  /** The text of an included template: by `load`, else from the folders of templates. */
  loaded(name: string): { readonly text: string; readonly position: Position } | undefined {
    return this.options.load ? this.options.load(name) : loadTemplate(this.options.searchRoots?.() ?? [''], name);
  }

  /** The same call over other variables, within the same limits of time. */
  over(scope: Scope): Engine {
    const { timeLimit: _all, ...options } = this.options;
    return new Engine(scope, { ...options, timeLimit: Math.max(1, this.#deadline - Date.now()) }, this.#makeGlobals);
  }

  /** Runs a looked-up or loaded text as a template file. */
  file(written: string, place: Position, given: FileOptions = {}): Value {
    const { text, position, options } = readHeader({ text: written, position: place, options: given });
    // Jinja drops the last line break of a file; where blocks are trimmed, nobody can tell.
    const body = options.trimBlocks === false ? text.replace(/\n$/, '') : text;
    const source = { text: body, position, options };
    const made = this.whole(new Interpreter(this, source).run(statementsOfFile(source)));
    return withEndBreaks(made, text);
  }

  /** An Undefined for a member that is not there. */
  undefinedMember(what: string): Undefined {
    return new Undefined(
      what,
      () =>
        new RatchetError('undefined-variable', `An undefined variable is used: there is no "${what}".`, {
          details: { name: what },
        }),
    );
  }

  hasFilter(name: string): boolean {
    return hasFilter(name);
  }

  /** Applies a filter by name. */
  filter(name: string, item: Item, args: Args): Item {
    return filterOf(name)(inputOf(this, name, item), args, this);
  }

  /** Applies a test by name. */
  test(name: string, item: Item, args: Args): boolean {
    return testOf(name)(inputOf(this, name, item), args, this);
  }

  /** A share of 1, the same one for the same seed. */
  random(seed: string | undefined): number {
    if (seed === undefined) return Math.random();
    return createHash('sha256').update(seed).digest().readUInt32BE(0) / 2 ** 32;
  }

  /** The value of a bare expression. */
  expression(text: string, position: Position): Item {
    return new Interpreter(this, { text, position }).evaluate(expressionOf(text, position));
  }

  call(callable: Callable, args: Args): Item {
    this.step();
    return callable.call(args);
  }
}
