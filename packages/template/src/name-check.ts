import { type Position, RatchetError } from '@ratchet/core';
import { filterOf } from './filters.js';
import { testOf } from './jinja-tests.js';
import { lookupOf } from './lookups.js';
import { placeInTemplate } from './place.js';
import { type AstNode, walk } from './walk.js';

const LOOKUP_FUNCTIONS = new Set(['lookup', 'query', 'q']);

const checkNode = (node: AstNode): void => {
  if (!('kind' in node) || node.kind === 'filter') {
    if ('name' in node) filterOf(node.name);
  } else if (node.kind === 'test') testOf(node.name);
  else if (
    node.kind === 'call' &&
    'target' in node &&
    node.target.kind === 'name' &&
    LOOKUP_FUNCTIONS.has(node.target.name)
  ) {
    const first = node.args.positional[0]?.value;
    if (first?.kind === 'literal' && typeof first.value === 'string') lookupOf(first.value);
  }
};

/** Throws with its place when a parsed template names a filter, a test or a lookup that there is not. */
export const checkNames = (tree: unknown, source: { readonly text: string; readonly position: Position }): void =>
  walk(tree, (node) => {
    try {
      checkNode(node);
    } catch (thrown) {
      if (!(thrown instanceof RatchetError)) throw thrown;
      throw thrown.at({ at: 'source', position: placeInTemplate(source, node.at) });
    }
  });
