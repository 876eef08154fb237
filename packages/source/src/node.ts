import { type Dict, type Position, type SourceFile, sourceError, Template, type Value } from '@ratchet/core';

/** A single value of a YAML text: text, number, boolean or null. */
export interface ScalarNode {
  readonly kind: 'scalar';
  readonly value: null | boolean | number | bigint | Exclude<Value, readonly Value[] | Dict | Template>;
  readonly position: Position;
  /** Data and never a template: written with `!unsafe`, or decrypted from `!vault`. */
  readonly data?: true;
}

/** A mapping, merges applied, in the order in which it was written. */
export interface MapNode {
  readonly kind: 'map';
  readonly entries: readonly { readonly key: Node; readonly value: Node }[];
  readonly position: Position;
}

/** A list. */
export interface ListNode {
  readonly kind: 'list';
  readonly items: readonly Node[];
  readonly position: Position;
}

/** A positioned node of a YAML text. */
export type Node = ScalarNode | MapNode | ListNode;

/** Whether a text holds a Jinja delimiter, and so is a template when a person wrote it. */
export const looksTemplated = (text: string): boolean => /\{[{%#]/.test(text);

/** A text a person wrote: a Template when it holds a Jinja delimiter, else the text itself. */
export const textValue = (text: string, position: Position): string | Template =>
  looksTemplated(text) ? new Template(text, position) : text;

/** A value of a person's making (an INI literal, say) with its templated texts as Templates at one position. */
export const templatedValue = (value: Value, position: Position): Value => {
  if (typeof value === 'string') return textValue(value, position);
  if (value instanceof Map)
    return new Map([...value].map(([key, item]) => [key, templatedValue(item, position)] as [Value, Value]));
  if (Array.isArray(value)) return value.map((item) => templatedValue(item, position));
  return value;
};

/** The value of a node; texts with `{{`, `{%` or `{#` become Templates with their position, `!unsafe` texts stay data. */
export const nodeToValue = (node: Node): Value => cachedValue(node, new Map());

const cachedValue = (node: Node, done: Map<Node, Value>): Value => {
  if (node.kind === 'scalar') return scalarValue(node);
  // An anchor used many times is one node, and becomes one value.
  const known = done.get(node);
  if (known !== undefined) return known;
  const value = freshValue(node, done);
  done.set(node, value);
  return value;
};

const freshValue = (node: ListNode | MapNode, done: Map<Node, Value>): Value => {
  if (node.kind === 'list') return node.items.map((item) => cachedValue(item, done));
  const dict: Dict = new Map();
  for (const { key, value } of node.entries) dict.set(keyValue(key), cachedValue(value, done));
  return dict;
};

const scalarValue = ({ value, data, position }: ScalarNode): Value =>
  typeof value === 'string' && !data ? textValue(value, position) : value;

const keyValue = (key: Node): Value => (key.kind === 'scalar' ? key.value : null);

/** The start of a file. */
export const startOf = (file: SourceFile): Position => ({ file, offset: 0 });

/** A YAML error at an offset of a file. */
export const yamlError = (message: string, file: SourceFile, offset: number, hint?: string) =>
  sourceError('yaml-syntax', message, { file, offset }, { hint });
