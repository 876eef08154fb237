import { Float, type Position, RatchetError, Template, type Value } from '@ratchet/core';
import { binary, signed } from './arithmetic.js';
import type { Arguments, Expression, FilterCall, Target } from './ast.js';
import { holds } from './comparison.js';
import type { Engine } from './engine.js';
import { filterOf } from './filters.js';
import { inputOf } from './input.js';
import { Args, asPart, Callable, defined, type Item, isNoValue, Members, templateError, Undefined } from './item.js';
import { testOf } from './jinja-tests.js';
import { LOOKUP_FUNCTIONS } from './lookup-terms.js';
import { MemberAccess } from './members.js';
import { NameLevels, type Names } from './names.js';
import { between, Moment } from './now.js';
import { placeInTemplate } from './place.js';
import { isDict, isList, iterate, truthy, tuple, typeName } from './python.js';
import { str } from './python-text.js';
import { sliceOf } from './slice.js';

const isLookup = (target: Expression): boolean => target.kind === 'name' && LOOKUP_FUNCTIONS.has(target.name);

/** Filters that only choose among their arguments, or put their items beside others. */
const HANDS_ON: ReadonlySet<string> = new Set(['default', 'd', 'ternary', 'zip', 'zip_longest']);

/** Evaluates the expressions of one template over its names, the innermost first, and then the engine's variables. */
export class Evaluator {
  readonly engine: Engine;
  readonly #source: { readonly text: string; readonly position: Position };
  readonly #names: NameLevels;
  readonly #members: MemberAccess;

  /** `beforeChange` is told before a list or a dict is changed by one of its methods. */
  constructor(
    engine: Engine,
    source: { readonly text: string; readonly position: Position },
    beforeChange: () => void = () => undefined,
    names: readonly Names[] = [],
  ) {
    this.engine = engine;
    this.#source = source;
    this.#names = new NameLevels(engine, names);
    this.#members = new MemberAccess(engine, this.#names, beforeChange);
  }

  located<T>(at: number, work: () => T): T {
    try {
      return work();
    } catch (thrown) {
      if (thrown instanceof RatchetError && !thrown.place)
        throw thrown.at({ at: 'source', position: placeInTemplate(this.#source, at) });
      if (thrown instanceof RangeError && /call stack/i.test(thrown.message))
        throw templateError('The template is nested too deeply.');
      throw thrown;
    }
  }

  /** Works in a level of names of its own. */
  scoped<T>(work: () => T): T {
    return this.#names.scoped(work);
  }

  /** All levels of names, the outermost first. */
  get names(): readonly Names[] {
    return this.#names.all;
  }

  /** Names one item in the innermost level. */
  name(name: string, item: Item): void {
    this.#names.set(name, item);
  }

  /** Binds a target of `set` or `for`. */
  assign(target: Target, item: Item): void {
    this.#names.assign(target, item);
  }

  filtered(start: Item, filters: readonly FilterCall[]): Item {
    return filters.reduce<Item>((value, { name, args }) => this.#filter(name, value, args), start);
  }

  #filter(name: string, value: Item, given: Arguments): Item {
    const args = this.args(given, HANDS_ON.has(name));
    const result = filterOf(name)(inputOf(this.engine, name, value), args, this.engine);
    args.refuseUnused(`The filter "${name}"`);
    return this.#bounded(result);
  }

  #bounded(item: Item): Item {
    if (typeof item === 'string' || isList(item)) this.engine.checkSize(item.length);
    return item;
  }

  /** An argument: finished, or as it stands for what only hands it on. */
  #argument(node: Expression, handsOn: boolean): Item {
    const item = this.evaluate(node);
    if (isNoValue(item)) return item;
    return handsOn && (isList(item) || isDict(item)) ? item : this.engine.finish(item);
  }

  value(node: Expression): Value {
    return this.located(node.at, () => this.engine.finish(this.evaluate(node)));
  }

  truth(node: Expression): boolean {
    const item = this.evaluate(node);
    if (item instanceof Callable || item instanceof Members) return true;
    return this.located(node.at, () => truthy(item instanceof Template ? this.engine.template(item) : defined(item)));
  }

  /** The value of an expression, evaluated as little as it needs. */
  evaluate(node: Expression): Item {
    this.engine.step();
    return this.located(node.at, () => this.#evaluate(node));
  }

  #evaluate(node: Expression): Item {
    switch (node.kind) {
      case 'literal':
        return node.value;
      case 'name':
        return this.#names.lookup(node.name);
      case 'list':
        return node.items.map((item) => this.#part(item));
      case 'tuple':
        return tuple(node.items.map((item) => this.#part(item)));
      case 'dict':
        return this.#dict(node.entries);
      case 'attribute':
        return this.#members.attribute(this.evaluate(node.target), node.name, node.target);
      case 'item':
        return this.#item(node.target, node.index);
      case 'slice': {
        const target = this.#looseValue(node.target);
        return sliceOf(
          target,
          node.bounds.map((bound) => (bound ? this.value(bound) : null)),
        );
      }
      case 'call':
        return this.#call(node.target, node.args);
      case 'filter':
        return this.#filter(node.name, this.evaluate(node.target), node.args);
      case 'test':
        return this.#test(node);
      case 'sign':
        return signed(node.operator, this.value(node.operand));
      case 'binary':
        return this.#binary(node);
      case 'compare':
        return this.#compare(node);
      case 'and': {
        const left = this.evaluate(node.left);
        return truthy(defined(left)) ? this.evaluate(node.right) : left;
      }
      case 'or': {
        const left = this.evaluate(node.left);
        return truthy(defined(left)) ? left : this.evaluate(node.right);
      }
      case 'not':
        return !this.truth(node.operand);
      case 'if':
        if (this.truth(node.test)) return this.evaluate(node.yes);
        return node.otherwise
          ? this.evaluate(node.otherwise)
          : new Undefined('', () => templateError('The condition is false, and there is no "else".'), true);
    }
  }

  #binary(node: Extract<Expression, { kind: 'binary' }>): Item {
    const left = this.evaluate(node.left);
    const right = this.evaluate(node.right);
    if (node.operator === '-' && left instanceof Moment && right instanceof Moment) return between(left, right);
    const joins = node.operator === '+' && isList(left) && isList(right);
    const ready = (item: Item): Value => (joins ? this.engine.loose(item) : this.engine.whole(item));
    const result = binary(node.operator, ready(left), ready(right));
    if (typeof result === 'string') this.engine.checkSize(result.length);
    return result;
  }

  /** A part of a list or a dict that is written out: one that is undefined is an error only once the whole is used. */
  #part(node: Expression): Value {
    const item = this.evaluate(node);
    if (isList(item) || isDict(item)) return item;
    if (!(item instanceof Undefined) || item.silent) return this.located(node.at, () => this.engine.finish(item));
    const placed = () => item.error.at({ at: 'source', position: placeInTemplate(this.#source, node.at) });
    return asPart(new Undefined(item.name, placed));
  }

  #dict(entries: readonly (readonly [Expression, Expression])[]): Value {
    const dict = new Map<Value, Value>();
    for (const [key, value] of entries) {
      const name = this.value(key);
      if (typeof name === 'object' && name !== null && !(name instanceof Float))
        throw templateError(`A ${typeName(name)} cannot be a key.`);
      dict.set(name, this.#part(value));
    }
    return dict;
  }

  #compare(node: Extract<Expression, { kind: 'compare' }>): boolean {
    let left = this.value(node.first);
    for (const { operator, operand } of node.rest) {
      const isSearch = operator === 'in' || operator === 'not in';
      const right = isSearch ? this.#looseValue(operand) : this.value(operand);
      const [a, b] = isSearch ? [left, right] : [this.engine.whole(left), this.engine.whole(right)];
      if (!holds(operator, a, b)) return false;
      left = right;
    }
    return true;
  }

  /** For what looks at items one by one, as a search does, which asks for a dict's keys without its values. */
  #looseValue(node: Expression): Value {
    return this.located(node.at, () => this.engine.loose(this.evaluate(node)));
  }

  #test(node: Extract<Expression, { kind: 'test' }>): boolean {
    const target = this.evaluate(node.target);
    const args = this.args(node.args);
    const result = testOf(node.name)(inputOf(this.engine, node.name, target), args, this.engine);
    args.refuseUnused(`The test "${node.name}"`);
    return result !== node.negated;
  }

  args(node: Arguments, handsOn = false): Args {
    const positional: Item[] = [];
    for (const { value, spread } of node.positional) {
      const item = this.#argument(value, handsOn);
      if (spread) positional.push(...iterate(defined(item)));
      else positional.push(item);
    }
    const named = new Map<string, Item>();
    for (const { name, value } of node.named) named.set(name, this.#argument(value, handsOn));
    for (const spread of node.spreadNamed) {
      const dict = this.value(spread);
      if (!isDict(dict)) throw templateError('What "**" spreads must be a dict.');
      for (const [name, value] of dict) named.set(str(name), value);
    }
    return new Args(positional, named);
  }

  #item(target: Expression, index: Expression): Item {
    const object = this.evaluate(target);
    return object instanceof Undefined ? object : this.#members.item(object, this.value(index), target);
  }

  // As in Ansible, a text written out in the terms of a lookup may hold a template: `lookup('file', '{{ folder }}/x')`. Never data.
  #withoutTemplates(args: Arguments): Arguments {
    const resolved = (node: Expression): Expression => {
      if (node.kind === 'list' || node.kind === 'tuple') return { ...node, items: node.items.map(resolved) };
      if (node.kind === 'dict') return { ...node, entries: node.entries.map(([key, value]) => [key, resolved(value)]) };
      if (node.kind !== 'literal' || typeof node.value !== 'string' || !/\{[{%]/.test(node.value)) return node;
      const template = new Template(node.value, placeInTemplate(this.#source, node.at));
      return { ...node, value: this.engine.template(template) };
    };
    return {
      ...args,
      positional: args.positional.map((one) => ({ ...one, value: resolved(one.value) })),
    };
  }

  #call(target: Expression, args: Arguments): Item {
    const callee = this.evaluate(target);
    if (callee instanceof Undefined) throw callee.error;
    const loop = callee instanceof Members ? callee.values.get('__call__') : undefined;
    const callable = callee instanceof Callable ? callee : loop;
    if (!(callable instanceof Callable)) throw templateError(`A ${typeName(defined(callee))} cannot be called.`);
    const given = this.args(isLookup(target) ? this.#withoutTemplates(args) : args, callable.handsOn);
    const result = this.engine.call(callable, given);
    given.refuseUnused(`"${callable.name}"`);
    return this.#bounded(result);
  }
}
