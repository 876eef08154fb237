import { type Position, RatchetError, RatchetErrors } from '@ratchet/core';
import type { Arguments } from './ast.js';
import { filterOf } from './filters.js';
import { testOf } from './jinja-tests.js';
import { LOOKUP_FUNCTIONS } from './lookup-terms.js';
import { lookupOf } from './lookups.js';
import { placeInTemplate } from './place.js';
import { type AstNode, walk } from './walk.js';

/** Which argument of a filter names another filter, or a test. */
const NAMED_BY: Readonly<Record<string, readonly [number, (name: string) => unknown]>> = {
  map: [0, filterOf],
  select: [0, testOf],
  reject: [0, testOf],
  selectattr: [1, testOf],
  rejectattr: [1, testOf],
};

/** A name written out in a template, and what finds it. */
interface Written {
  readonly name: string;
  readonly at: number;
  readonly find: (name: string) => unknown;
}

const inArgument = (args: Arguments, index: number, find: Written['find']): readonly Written[] => {
  const value = args.positional[index]?.value;
  if (args.positional.slice(0, index + 1).some(({ spread }) => spread)) return [];
  return value?.kind === 'literal' && typeof value.value === 'string'
    ? [{ name: value.value, at: value.at, find }]
    : [];
};

const filterNamesIn = (name: string, at: number, args: Arguments): readonly Written[] => {
  const inner = Object.hasOwn(NAMED_BY, name) ? NAMED_BY[name] : undefined;
  return [{ name, at, find: filterOf }, ...(inner ? inArgument(args, inner[0], inner[1]) : [])];
};

const namesIn = (node: AstNode): readonly Written[] => {
  if (!('kind' in node) || node.kind === 'filter')
    return 'name' in node ? filterNamesIn(node.name, node.at, node.args) : [];
  if (node.kind === 'test') return [{ name: node.name, at: node.at, find: testOf }];
  if (node.kind !== 'call' || !('target' in node)) return [];
  const { target, args } = node;
  if (target.kind !== 'name' || !LOOKUP_FUNCTIONS.has(target.name)) return [];
  return inArgument(args, 0, lookupOf).map((written) => ({ ...written, at: node.at }));
};

/** Throws with their places when a parsed template names filters, tests or lookups that there are not; several as `RatchetErrors`. */
export const checkNames = (tree: unknown, source: { readonly text: string; readonly position: Position }): void => {
  const errors: RatchetError[] = [];
  walk(tree, (node) => {
    for (const { name, at, find } of namesIn(node)) {
      try {
        find(name);
      } catch (thrown) {
        if (!(thrown instanceof RatchetError)) throw thrown;
        errors.push(thrown.at({ at: 'source', position: placeInTemplate(source, at) }));
      }
    }
  });
  const [first, ...more] = errors;
  if (first) throw more.length > 0 ? new RatchetErrors(errors) : first;
};
