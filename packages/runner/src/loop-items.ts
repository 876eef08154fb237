import { type Dict, isVariableName, RatchetError, sourceError, type Value } from '@ratchet/core';
import type { Loop, Task } from '@ratchet/playbook';
import type { Templar } from '@ratchet/template';
import type { PlayContext } from './contexts.js';
import type { HostState } from './host-state.js';
import type { Item } from './plan-item.js';
import { taskTemplar } from './task-scope.js';
import { flag } from './told-keyword.js';

const asList = (value: Value, loop: Loop): readonly Value[] => {
  if (Array.isArray(value)) return value;
  throw sourceError(
    'param-invalid',
    `${loop.kind === 'loop' ? 'loop' : `with_${loop.kind}`} expects a list`,
    loop.position,
    {
      hint: 'Make it a list, or give a template that yields one (for a mapping: `| dict2items`).',
    },
  );
};

const flattenOnce = (items: readonly Value[]): readonly Value[] =>
  items.flatMap((item) => (Array.isArray(item) ? item : [item]));

const flattenAll = (items: readonly Value[]): readonly Value[] =>
  items.flatMap((item) => (Array.isArray(item) ? flattenAll(item) : [item]));

const oneOrMore = (lists: readonly Value[], loop: Loop): readonly Value[] => {
  if (lists.length > 0) return lists;
  throw sourceError('param-invalid', `with_${loop.kind} requires at least one element in each list`, loop.position, {
    hint: 'Give one list at least.',
  });
};

const pairs = (value: Value, loop: Loop): readonly Value[] => {
  if (!(value instanceof Map))
    throw sourceError('param-invalid', 'with_dict expects a dict', loop.position, {
      hint: 'Give a mapping; loop over a list with `loop`.',
    });
  return [...value].map(
    ([key, item]) =>
      new Map<Value, Value>([
        ['key', key],
        ['value', item],
      ]),
  );
};

const nested = (lists: readonly (readonly Value[])[]): readonly (readonly Value[])[] =>
  lists.reduce<readonly (readonly Value[])[]>(
    (rows, list) => rows.flatMap((row) => list.map((item) => [...row, item])),
    [[]],
  );

const together = (lists: readonly (readonly Value[])[]): readonly Value[] => {
  const longest = Math.max(0, ...lists.map((list) => list.length));
  return Array.from({ length: longest }, (_, index) => lists.map((list) => list[index] ?? null));
};

/** What a lookup finds for some terms. */
export type LookUp = (name: string, terms: readonly Value[]) => readonly Value[];

/** The subfolder that `with_first_found` looks in, by the name of the task's module: `include_vars` finds what stands in `vars`. */
const searchFolderOf = ({ action }: Task): string =>
  ['template', 'var'].find((word) => action.name.includes(word))?.concat('s') ?? 'files';

const lookUpFor =
  (play: PlayContext, host: HostState, task: Task, loop: Loop): LookUp =>
  (name, terms) => {
    const own = new Map<Value, Value>([['ratchet_terms', [...terms]]]);
    const templar = taskTemplar(play, host, task, own, searchFolderOf(task));
    const written = terms.map((_, index) => `, ratchet_terms[${index}]`).join('');
    return asList(templar.finish(templar.expression(`query('${name}'${written})`, loop.position)), loop);
  };

/** The values that a loop goes through. Errors: `param-invalid` at the loop's place. */
export const loopValues = (loop: Loop, value: Value, lookUp: LookUp): readonly Value[] => {
  switch (loop.kind) {
    case 'loop':
      return asList(value, loop);
    case 'list':
      if (value instanceof Map) return asList(value, loop);
      return Array.isArray(value) ? value : [value];
    case 'items':
      return flattenOnce(Array.isArray(value) ? value : [value]);
    case 'flattened':
      return flattenAll(Array.isArray(value) ? value : [value]);
    case 'dict':
      return (Array.isArray(value) ? value : [value]).flatMap((dict) => pairs(dict, loop));
    case 'indexed_items':
      return flattenOnce(asList(value, loop)).map((item, index) => [index, item]);
    case 'nested':
      return nested(oneOrMore(asList(value, loop), loop).map((list) => (Array.isArray(list) ? list : [list])));
    case 'together':
      return together(oneOrMore(asList(value, loop), loop).map((list) => asList(list, loop)));
    case 'cartesian':
      return nested(oneOrMore(asList(value, loop), loop).map((list) => (Array.isArray(list) ? list : [list])));
    default:
      return lookUp(loop.kind, Array.isArray(value) ? value : [value]);
  }
};

const loopVarOf = (task: Task, templar: Templar): string => {
  const { loopVar } = task.loopControl;
  if (typeof loopVar === 'string') return loopVar;
  const name = templar.finish(loopVar);
  if (typeof name === 'string' && isVariableName(name)) return name;
  throw sourceError('param-invalid', 'loop_var must come to the name of a variable.', loopVar.position);
};

/** As Ansible templates what a loop came to once more, item by item: a tuple (of `zip`, say) is a list by then. */
const withoutTuples = (value: Value): Value => (Array.isArray(value) ? value.map(withoutTuples) : value);

/** What `loop_control` comes to. */
interface Control {
  readonly loopVar: string;
  readonly extended: boolean;
  readonly allItems: boolean;
}

const itemVariables = (
  { loopControl }: Task,
  { loopVar, extended, allItems }: Control,
  value: Value,
  index: number,
  all: readonly Value[],
): Dict => {
  const own: Dict = new Map<Value, Value>([
    [loopVar, value],
    ['ansible_loop_var', loopVar],
  ]);
  if (loopControl.indexVar !== undefined) {
    own.set(loopControl.indexVar, index);
    own.set('ansible_index_var', loopControl.indexVar);
  }
  if (extended) {
    const about: [string, Value][] = [
      ['index', index + 1],
      ['index0', index],
      ['first', index === 0],
      ['last', index === all.length - 1],
      ['length', all.length],
      ['revindex', all.length - index],
      ['revindex0', all.length - index - 1],
    ];
    if (index > 0) about.push(['previtem', all[index - 1] ?? null]);
    if (index < all.length - 1) about.push(['nextitem', all[index + 1] ?? null]);
    if (allItems) about.push(['allitems', [...all]]);
    own.set('ansible_loop', new Map<Value, Value>(about));
  }
  return own;
};

/** Whether the conditions, looked at without an item, already say no. A condition that needs the item says nothing. */
const skippedAnyway = (play: PlayContext, host: HostState, task: Task): boolean => {
  const templar = taskTemplar(play, host, task);
  try {
    return !task.when.every((condition) => templar.condition(condition.value, condition.position));
  } catch (error) {
    if (error instanceof RatchetError) return false;
    throw error;
  }
};

/** What a loop goes through, before its kind is heeded. `with_first_found` passes over a place whose name takes an undefined variable. */
const loopTerms = (loop: Loop, templar: Templar): Value => {
  if (loop.kind !== 'first_found') return templar.finish(loop.value);
  const known = (term: Value): readonly Value[] => {
    try {
      return [templar.finish(term)];
    } catch (error) {
      if (error instanceof RatchetError && error.code === 'undefined-variable') return [];
      throw error;
    }
  };
  if (Array.isArray(loop.value)) return loop.value.flatMap(known);
  return known(loop.value)[0] ?? [];
};

/**
 * The items of a task on a host: one without variables when it has no loop, or 'skip' when its list cannot be made and its
 * conditions say no without one. Errors: as templating does.
 */
export const itemsOf = (play: PlayContext, host: HostState, task: Task): readonly Item[] | 'skip' => {
  if (!task.loop) return [{ index: 0, own: new Map() }];
  try {
    const templar = taskTemplar(play, host, task);
    const found = loopValues(task.loop, loopTerms(task.loop, templar), lookUpFor(play, host, task, task.loop));
    const values = found.map(withoutTuples);
    const control: Control = {
      loopVar: loopVarOf(task, templar),
      extended: flag(templar, task.loopControl.extended, false),
      allItems: flag(templar, task.loopControl.allItems, true),
    };
    return values.map((value, index) => ({ index, value, own: itemVariables(task, control, value, index, values) }));
  } catch (error) {
    if (error instanceof RatchetError && skippedAnyway(play, host, task)) return 'skip';
    throw error;
  }
};
