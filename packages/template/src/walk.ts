import type { Expression, FilterCall, Statement } from './ast.js';

export type AstNode = Expression | Statement | FilterCall;

const isAstNode = (value: object): value is AstNode => 'at' in value;

/** Visits every node of a parsed template, the outer before the inner. */
export const walk = (tree: unknown, visit: (node: AstNode) => void): void => {
  if (Array.isArray(tree)) for (const item of tree) walk(item, visit);
  else if (typeof tree === 'object' && tree !== null && !(tree instanceof Map)) {
    if (isAstNode(tree)) visit(tree);
    for (const part of Object.values(tree)) if (typeof part === 'object') walk(part, visit);
  }
};

/** The names of variables that a parsed template asks for. */
export const namesIn = (tree: unknown): ReadonlySet<string> => {
  const names = new Set<string>();
  walk(tree, (node) => {
    if ('kind' in node && node.kind === 'name') names.add(node.name);
  });
  return names;
};
