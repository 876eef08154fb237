import type { Position, Value } from '@ratchet/core';
import type { Expression, Statement } from './ast.js';
import type { Engine } from './engine.js';
import { Evaluator } from './evaluator.js';
import { Args, Callable, type Item, templateError } from './item.js';
import { loopMembers } from './loop.js';
import { Macros } from './macro.js';
import type { Names } from './names.js';
import { statementsOf } from './parse-cache.js';
import { isDict, isList, iterate } from './python.js';
import { str } from './python-text.js';

const MAX_RECURSION = 100;

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
  readonly #evaluator: Evaluator;
  #parts: Item[] = [];
  #size = 0;
  readonly #macros: Macros;

  /** `names`: those of the template around an included one. */
  constructor(
    engine: Engine,
    source: { readonly text: string; readonly position: Position },
    names?: readonly Names[],
  ) {
    this.engine = engine;
    this.#evaluator = new Evaluator(engine, source, () => this.#settleParts(), names);
    this.#macros = new Macros(engine, this.#evaluator, (body) => this.#captured(body));
  }

  /** The value of the whole: one part keeps its type, several are joined to a text. */
  run(statements: readonly Statement[]): Item {
    this.#run(statements);
    return this.#joined(this.#parts);
  }

  evaluate(node: Expression): Item {
    return this.#evaluator.evaluate(node);
  }

  // What was written before a list is changed must not show the change.
  #settleParts(): void {
    this.#parts = this.#parts.map((part) => (isList(part) || isDict(part) ? str(this.engine.finish(part)) : part));
  }

  #joined(parts: readonly Item[]): Item {
    if (parts.length === 1) return parts[0] as Item;
    let text = '';
    for (const part of parts) {
      const value = this.engine.finish(part);
      text += value === null ? '' : str(value);
      this.engine.checkSize(text.length);
    }
    return text;
  }

  #run(statements: readonly Statement[]): void {
    for (const statement of statements) this.#evaluator.located(statement.at, () => this.#statement(statement));
  }

  #captured(body: readonly Statement[]): string {
    const outer = this.#parts;
    this.#parts = [];
    try {
      this.#evaluator.scoped(() => this.#run(body));
      const parts = this.#parts;
      return parts.length === 0 ? '' : str(this.engine.finish(this.#joined(['', ...parts])));
    } finally {
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
        return this.#for(node, this.engine.finish(this.evaluate(node.source)), 0);
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
        return this.#evaluator.scoped(() => this.#run(node.body));
      case 'break':
      case 'continue':
        throw new LoopExit(node.kind);
      case 'include':
        return this.#include(node.name, node.ignoreMissing);
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

  #include(name: Expression, ignoreMissing: boolean): unknown {
    const wanted = this.engine.finish(this.evaluate(name));
    const names = isList(wanted) ? wanted : [wanted];
    for (const one of names) {
      const found = this.engine.loaded(str(one));
      if (!found) continue;
      // Jinja drops the last line break of a file that it includes.
      const text = found.text.replace(/\n$/, '');
      const inner = new Interpreter(this.engine, { ...found, text }, this.#evaluator.names);
      return this.#emit(this.engine.finish(inner.run(statementsOf(text, found.position, true))));
    }
    if (ignoreMissing) return undefined;
    throw templateError(`The template "${names.map(str).join('", "')}" was not found.`);
  }

  #callBlock(node: Extract<Statement, { kind: 'call' }>): void {
    if (node.call.kind !== 'call') return;
    const target = this.evaluate(node.call.target);
    if (!(target instanceof Callable)) throw templateError('What is called here is no macro.');
    const args = this.#evaluator.args(node.call.args);
    const named = new Map(args.named).set('caller', this.#macros.callable({ ...node, name: 'caller' }));
    this.#emit(this.engine.call(target, new Args(args.positional, named)));
  }
}
