import type { Value } from '@ratchet/core';
import type { Expression, Statement } from './ast.js';
import { Blocks } from './blocks.js';
import type { Engine, Scope } from './engine.js';
import { Evaluator } from './evaluator.js';
import { Args, Callable, type Item, Members, templateError } from './item.js';
import { loopMembers } from './loop.js';
import { Macros } from './macro.js';
import type { Names } from './names.js';
import { statementsOfFile, type TemplateSource } from './parse-cache.js';
import { isDict, isList, iterate } from './python.js';
import { str } from './python-text.js';

const MAX_RECURSION = 100;
const NO_VARIABLES: Scope = { get: () => undefined, names: () => [] };
const WRITES: ReadonlySet<Statement['kind']> = new Set(['text', 'output', 'block', 'include', 'filter', 'call']);

/** Thrown by `{% break %}` and `{% continue %}`, and caught by the loop around them. */
class LoopExit extends Error {
  readonly word: 'break' | 'continue';
  constructor(word: 'break' | 'continue') {
    super(`"${word}" stands outside a loop.`);
    this.word = word;
  }
}

/** Runs the statements of one template. */
export class Interpreter {
  readonly engine: Engine;
  readonly #options: TemplateSource['options'];
  readonly #evaluator: Evaluator;
  #parts: Item[] = [];
  #size = 0;
  readonly #macros: Macros;
  readonly #blocks: Blocks;
  #captures = 0;
  #parent: TemplateSource | undefined;

  /** `names`: those of the template around an included one. `blocks`: those of templates that extend this one. */
  constructor(engine: Engine, source: TemplateSource, names?: readonly Names[], blocks?: Blocks) {
    this.engine = engine;
    this.#options = source.options;
    this.#evaluator = new Evaluator(engine, source, () => this.#settleParts(), names);
    this.#macros = new Macros(engine, this.#evaluator, (body) => this.#captured(body));
    this.#blocks = blocks ?? new Blocks();
  }

  /** The value of the whole: one part keeps its type, several are joined to a text. */
  run(statements: readonly Statement[]): Item {
    this.#blocks.take(statements, (body, outer) => this.#block(body, outer));
    this.#run(statements);
    const parent = this.#parent;
    if (!parent) return this.#joined(this.#parts);
    const above = new Interpreter(this.engine, parent, this.#evaluator.names, this.#blocks);
    return this.#joined([...this.#parts, above.run(statementsOfFile(parent))]);
  }

  /** What the template names at its top, for those that import it: nothing that begins with an underscore. */
  get exports(): Map<string, Item> {
    return new Map([...(this.#evaluator.names.at(-1) ?? [])].filter(([name]) => !name.startsWith('_')));
  }

  evaluate(node: Expression): Item {
    return this.#evaluator.evaluate(node);
  }

  // What was written before a list is changed must not show the change.
  #settleParts(): void {
    this.#parts = this.#parts.map((part) => (isList(part) || isDict(part) ? str(this.engine.whole(part)) : part));
  }

  #joined(parts: readonly Item[]): Item {
    if (parts.length === 1) return parts[0] as Item;
    let text = '';
    for (const part of parts) {
      const value = this.engine.whole(part);
      text += value === null ? '' : str(value);
      this.engine.checkSize(text.length);
    }
    return text;
  }

  #run(statements: readonly Statement[]): void {
    for (const statement of statements) this.#evaluator.located(statement.at, () => this.#statement(statement));
  }

  #captured(body: readonly Statement[]): string {
    const whole = this.#evaluator.scoped(() => this.#gathered(body));
    return str(this.engine.whole(this.#joined(['', whole])));
  }

  /** What a body comes to, instead of being written: one part keeps its type. */
  #gathered(body: readonly Statement[]): Item {
    const outer = this.#parts;
    this.#parts = [];
    this.#captures++;
    try {
      this.#run(body);
      return this.#parts.length === 0 ? '' : this.#joined(this.#parts);
    } finally {
      this.#captures--;
      this.#parts = outer;
    }
  }

  #emit(item: Item): void {
    if (typeof item === 'string') this.#size += item.length;
    this.engine.checkSize(this.#size + this.#parts.length);
    this.#parts.push(item);
  }

  #statement(node: Statement): unknown {
    this.engine.step();
    // Behind `extends` nothing of this template is written but what its blocks hold.
    if (this.#parent && this.#captures === 0 && WRITES.has(node.kind)) return undefined;
    switch (node.kind) {
      case 'text':
        return this.#emit(node.text);
      case 'output':
        return this.#emit(this.#evaluator.value(node.value));
      case 'if': {
        const chosen = node.branches.find(({ test }) => this.#evaluator.truth(test));
        return this.#run(chosen?.body ?? node.otherwise);
      }
      case 'for':
        return this.#for(node, this.engine.loose(this.evaluate(node.source)), 0);
      case 'set':
        return this.#evaluator.assign(node.target, this.evaluate(node.value));
      case 'set-block':
        return this.#evaluator.assign(node.target, this.#evaluator.filtered(this.#captured(node.body), node.filters));
      case 'with':
        return this.#evaluator.scoped(() => {
          const values = node.assignments.map(({ value }) => this.evaluate(value));
          for (const [index, { target }] of node.assignments.entries())
            this.#evaluator.assign(target, values[index] as Item);
          this.#run(node.body);
        });
      case 'filter':
        return this.#emit(this.#evaluator.filtered(this.#captured(node.body), node.filters));
      case 'macro':
        return this.#evaluator.name(node.name, this.#macros.callable(node));
      case 'call':
        return this.#callBlock(node);
      case 'do':
        return this.evaluate(node.value);
      case 'block':
        return this.#emit(this.#blocks.value(node.name, 0, this.#evaluator.names));
      case 'extends':
        if (this.#parent) throw templateError('A template extends one other, once.');
        this.#parent = this.#load(node.name, false);
        return undefined;
      case 'import':
        return this.#evaluator.name(node.as, this.#module(node));
      case 'from': {
        const { values } = this.#module(node);
        for (const { member, as } of node.imports) {
          const found = values.get(member);
          this.#evaluator.name(as, found === undefined ? this.engine.undefinedMember(member) : found);
        }
        return undefined;
      }
      case 'break':
      case 'continue':
        throw new LoopExit(node.kind);
      case 'include':
        return this.#include(node);
    }
  }

  #for(node: Extract<Statement, { kind: 'for' }>, source: Value, depth: number): unknown {
    let items = iterate(source);
    if (node.condition) {
      const { condition } = node;
      items = items.filter((item) =>
        this.#evaluator.scoped(() => {
          this.#evaluator.assign(node.target, item);
          return this.#evaluator.truth(condition);
        }),
      );
    }
    if (items.length === 0) return this.#evaluator.scoped(() => this.#run(node.otherwise));
    const recurse = new Callable('loop', (args) => {
      const outer = this.#parts;
      this.#parts = [];
      try {
        if (depth > MAX_RECURSION) throw templateError('The loop recurses too deeply.');
        this.#for(node, this.engine.finish(args.need(0, 'iterable')), depth + 1);
        return this.#joined(['', ...this.#parts]);
      } finally {
        this.#parts = outer;
      }
    });
    const loop = loopMembers(items, depth, node.recursive ? recurse : undefined);
    for (const [index, item] of items.entries()) {
      this.engine.step();
      const goOn = this.#evaluator.scoped(() => {
        this.#evaluator.name('loop', loop(index));
        this.#evaluator.assign(node.target, item);
        return this.#round(node.body);
      });
      if (!goOn) return;
    }
  }

  /** One round of a loop: false after `{% break %}`. */
  #round(body: readonly Statement[]): boolean {
    try {
      this.#run(body);
      return true;
    } catch (thrown) {
      if (thrown instanceof LoopExit) return thrown.word === 'continue';
      throw thrown;
    }
  }

  /** The first template of the names that is there. */
  #load(name: Expression, ignoreMissing: boolean): TemplateSource | undefined {
    const wanted = this.engine.finish(this.evaluate(name));
    const names = isList(wanted) ? wanted : [wanted];
    for (const one of names) {
      const found = this.engine.loaded(str(one));
      // Jinja drops the last line break of a file that it includes, and reads it as the one that includes it.
      if (found) return { ...found, text: found.text.replace(/\n$/, ''), options: this.#options };
    }
    if (ignoreMissing) return undefined;
    throw templateError(`The template "${names.map(str).join('", "')}" was not found.`);
  }

  /** A template that sees this one's variables and names, or with `context: false` none. */
  #interpreterOf(found: TemplateSource, context: boolean): Interpreter {
    return context
      ? new Interpreter(this.engine, found, this.#evaluator.names)
      : new Interpreter(this.engine.over(NO_VARIABLES), found);
  }

  #include(node: Extract<Statement, { kind: 'include' }>): unknown {
    const found = this.#load(node.name, node.ignoreMissing);
    if (!found) return undefined;
    const inner = this.#interpreterOf(found, node.context);
    return this.#emit(this.engine.finish(inner.run(statementsOfFile(found))));
  }

  #module(node: Extract<Statement, { kind: 'import' | 'from' }>): Members {
    const found = this.#load(node.name, false) as TemplateSource;
    const inner = this.#interpreterOf(found, node.context);
    const text = inner.engine.finish(inner.run(statementsOfFile(found)));
    return new Members(inner.exports, str(text));
  }

  // A block sees what is named where it stands, in the template that gives its place.
  #block(body: readonly Statement[], around: readonly Names[]): Item {
    return this.#evaluator.scoped(() => {
      for (const names of around) for (const [name, item] of names) this.#evaluator.name(name, item);
      return this.#gathered(body);
    });
  }

  #callBlock(node: Extract<Statement, { kind: 'call' }>): void {
    if (node.call.kind !== 'call') return;
    const target = this.evaluate(node.call.target);
    if (!(target instanceof Callable)) throw templateError('What is called here is no macro.');
    const args = this.#evaluator.args(node.call.args, target.handsOn);
    const named = new Map(args.named).set('caller', this.#macros.callable({ ...node, name: 'caller' }));
    this.#emit(this.engine.call(target, new Args(args.positional, named)));
  }
}
