import { Template, type Value } from '@ratchet/core';
import { type Expression, nameOf } from './ast.js';
import type { Engine } from './engine.js';
import { entryOf } from './entry.js';
import { defined, type Item, Members, Undefined } from './item.js';
import { methodOf, mutates } from './methods.js';
import type { NameLevels } from './names.js';
import { isDict, isInteger, isList } from './python.js';
import { str } from './python-text.js';
import { undefinedMember } from './undefined-member.js';

/** What `a.b` and `a[b]` come to: members of mappings and lists, characters of texts, methods. */
export class MemberAccess {
  readonly #engine: Engine;
  readonly #names: NameLevels;
  readonly #beforeChange: () => void;

  /** `beforeChange` is told before a list or a dict is changed by one of its methods. */
  constructor(engine: Engine, names: NameLevels, beforeChange: () => void) {
    this.#engine = engine;
    this.#names = names;
    this.#beforeChange = beforeChange;
  }

  /** `object.name`; `target` is the expression of the object, for messages and for methods that change it. */
  attribute(object: Item, name: string, target: Expression): Item {
    if (object instanceof Undefined) return object;
    if (object instanceof Members) return this.#ofMembers(object, name, name, target);
    const value = defined(object);
    const method = methodOf(value, name, (own) => this.#own(own, name, target));
    if (method) return method;
    return this.#member(isDict(value) ? entryOf(value, name) : undefined, name, target, value);
  }

  /** `object[index]`. */
  item(object: Exclude<Item, Undefined>, index: Value, target: Expression): Item {
    if (object instanceof Members) return this.#ofMembers(object, str(index), index, target);
    const value = defined(object);
    if (isDict(value)) {
      const found = entryOf(value, index);
      const method =
        found === undefined && typeof index === 'string' ? methodOf(value, index, (own) => own) : undefined;
      return method ?? this.#member(found, index, target, value);
    }
    if ((isList(value) || typeof value === 'string') && isInteger(index)) {
      const items = typeof value === 'string' ? [...value] : value;
      return this.#member(items.at(Number(index)), index, target, value);
    }
    return typeof index === 'string'
      ? this.attribute(value, index, target)
      : this.#member(undefined, index, target, value);
  }

  #ofMembers({ values, text }: Members, name: string, key: Value, target: Expression): Item {
    const found = values.get(name);
    return found === undefined ? this.#member(undefined, key, target, text) : found;
  }

  // A null is a value like any other.
  #member(value: Item | undefined, key: Value, target: Expression, owner: Value): Item {
    const path = nameOf(target);
    const label = path === undefined ? str(key) : `${path}.${str(key)}`;
    if (value instanceof Template) return this.#engine.lazily(value, label);
    return value === undefined ? undefinedMember(owner, key, path) : value;
  }

  // A method that changes a list or dict never changes a variable's own: the name is bound to a copy first.
  #own(value: Value, name: string, target: Expression): Value {
    if (!mutates(name)) return value;
    this.#beforeChange();
    return target.kind === 'name' ? this.#names.owned(target.name, value) : value;
  }
}
