import type { Value } from '@ratchet/core';
import type { BinaryOperator } from './arithmetic.js';

/** Arguments of a call as written. */
export interface Arguments {
  readonly positional: readonly { readonly value: Expression; readonly spread: boolean }[];
  readonly named: readonly { readonly name: string; readonly value: Expression }[];
  readonly spreadNamed: readonly Expression[];
}

export type CompareOperator = '==' | '!=' | '<' | '>' | '<=' | '>=' | 'in' | 'not in';

/** An expression; `at` is its offset in the template's text. */
export type Expression = { readonly at: number } & (
  | { readonly kind: 'literal'; readonly value: Value }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'list' | 'tuple'; readonly items: readonly Expression[] }
  | { readonly kind: 'dict'; readonly entries: readonly (readonly [Expression, Expression])[] }
  | { readonly kind: 'attribute'; readonly target: Expression; readonly name: string }
  | { readonly kind: 'item'; readonly target: Expression; readonly index: Expression }
  | {
      readonly kind: 'slice';
      readonly target: Expression;
      readonly bounds: readonly [Expression | undefined, Expression | undefined, Expression | undefined];
    }
  | { readonly kind: 'call'; readonly target: Expression; readonly args: Arguments }
  | { readonly kind: 'filter'; readonly target: Expression; readonly name: string; readonly args: Arguments }
  | {
      readonly kind: 'test';
      readonly target: Expression;
      readonly name: string;
      readonly args: Arguments;
      readonly negated: boolean;
    }
  | { readonly kind: 'sign'; readonly operator: '-' | '+'; readonly operand: Expression }
  | {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
    }
  | {
      readonly kind: 'compare';
      readonly first: Expression;
      readonly rest: readonly { readonly operator: CompareOperator; readonly operand: Expression }[];
    }
  | { readonly kind: 'and' | 'or'; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'not'; readonly operand: Expression }
  | {
      readonly kind: 'if';
      readonly test: Expression;
      readonly yes: Expression;
      readonly otherwise: Expression | undefined;
    }
);

/** What a `for` or `set` assigns to: names, `ns.member`, or nested lists of them. */
export type Target =
  | { readonly kind: 'name'; readonly name: string; readonly at: number }
  | { readonly kind: 'member'; readonly name: string; readonly member: string; readonly at: number }
  | { readonly kind: 'several'; readonly targets: readonly Target[]; readonly at: number };

export interface Parameter {
  readonly name: string;
  readonly otherwise: Expression | undefined;
}

export interface FilterCall {
  readonly name: string;
  readonly args: Arguments;
  readonly at: number;
}

/** A statement of a template. */
export type Statement = { readonly at: number } & (
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'output'; readonly value: Expression }
  | {
      readonly kind: 'for';
      readonly target: Target;
      readonly source: Expression;
      readonly condition: Expression | undefined;
      readonly recursive: boolean;
      readonly body: readonly Statement[];
      readonly otherwise: readonly Statement[];
    }
  | {
      readonly kind: 'if';
      readonly branches: readonly { readonly test: Expression; readonly body: readonly Statement[] }[];
      readonly otherwise: readonly Statement[];
    }
  | { readonly kind: 'set'; readonly target: Target; readonly value: Expression }
  | {
      readonly kind: 'set-block';
      readonly target: Target;
      readonly filters: readonly FilterCall[];
      readonly body: readonly Statement[];
    }
  | {
      readonly kind: 'with';
      readonly assignments: readonly { readonly target: Target; readonly value: Expression }[];
      readonly body: readonly Statement[];
    }
  | { readonly kind: 'filter'; readonly filters: readonly FilterCall[]; readonly body: readonly Statement[] }
  | {
      readonly kind: 'macro';
      readonly name: string;
      readonly parameters: readonly Parameter[];
      readonly body: readonly Statement[];
    }
  | {
      readonly kind: 'call';
      readonly parameters: readonly Parameter[];
      readonly call: Expression;
      readonly body: readonly Statement[];
    }
  | { readonly kind: 'break' | 'continue' }
  | { readonly kind: 'do'; readonly value: Expression }
  | {
      readonly kind: 'block';
      readonly name: string;
      readonly required: boolean;
      readonly body: readonly Statement[];
    }
  | {
      readonly kind: 'include';
      readonly name: Expression;
      readonly ignoreMissing: boolean;
      readonly context: boolean;
    }
  | { readonly kind: 'extends'; readonly name: Expression }
  | { readonly kind: 'import'; readonly name: Expression; readonly as: string; readonly context: boolean }
  | {
      readonly kind: 'from';
      readonly name: Expression;
      readonly imports: readonly { readonly member: string; readonly as: string }[];
      readonly context: boolean;
    }
);

/** How a person would name what an expression stands for (`a.b`), when it is a path of names. */
export const nameOf = (node: Expression): string | undefined => {
  if (node.kind === 'name') return node.name;
  if (node.kind !== 'attribute') return undefined;
  const owner = nameOf(node.target);
  return owner === undefined ? undefined : `${owner}.${node.name}`;
};
