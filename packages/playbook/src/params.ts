import { type Dict, type Module, type Position, Template, type Value } from '@ratchet/core';
import { type MapNode, type Node, nodeToValue, textValue } from '@ratchet/source';
import { checkParams, nameOfParameter, namesOf } from './check-params.js';
import { isEmpty } from './fields.js';
import type { Findings } from './findings.js';
import { isPair, splitFreeForm, splitWords } from './free-form.js';
import { checkValue } from './template-check.js';

/** A task's parameters as written, with their places. */
export interface Params {
  readonly value: Value;
  readonly positions: ReadonlyMap<string, Position>;
  /** What can be laid below them only in the run, the nearest first: one of the two is a template. */
  readonly below?: readonly Value[];
}

/** Parameters with others below them; one under another name of a parameter that is given goes. */
export const withDefaults = (own: Params, lower: Params | undefined, module: Module): Params => {
  if (!lower) return own;
  const below = [...(own.below ?? []), lower.value, ...(lower.below ?? [])];
  if (own.below || !(own.value instanceof Map && lower.value instanceof Map)) return { ...own, below };
  const given = new Set([...own.value.keys()].map((key) => nameOfParameter(module, String(key))));
  const kept = [...lower.value].filter(([key]) => !given.has(nameOfParameter(module, String(key))));
  return {
    value: new Map([...kept, ...own.value]),
    positions: new Map([...lower.positions, ...own.positions]),
    ...(lower.below ? { below: lower.below } : {}),
  };
};

const fromText = (text: string, position: Position, module: Module, data: boolean): Params => {
  const textOf = data ? (words: string): Value => words : textValue;
  const known = new Set(namesOf(module));
  const open = module.openParameters === true || module.freeForm === undefined;
  const { pairs, rest } = splitFreeForm(text, position, (name) => open || known.has(name));
  const value: Dict = new Map(pairs.map((pair) => [pair.name, textOf(pair.value, pair.position)]));
  const positions = new Map(pairs.map((pair) => [pair.name, pair.position]));
  if (rest !== '') {
    // A name that is no parameter, so that text without a place for it is reported as one.
    const name = module.freeForm ?? '';
    value.set(name, textOf(module.keepsLineEnd ? rest : rest.trimEnd(), position));
    positions.set(name, position);
  }
  return { value, positions };
};

// Not `{{ a }}={{ b }}`, which is a name and a value.
const isOneExpression = (text: string): boolean => {
  const [first, ...more] = splitWords(text);
  return first !== undefined && more.length === 0 && /^\{\{.*\}\}$/s.test(first.word) && !isPair(first.word);
};

const fromNode = (node: Node | undefined, module: Module): Params => {
  if (!node || isEmpty(node)) return { value: new Map(), positions: new Map() };
  if (node.kind === 'map')
    return {
      value: nodeToValue(node),
      positions: new Map(node.entries.map(({ key }) => [key.kind === 'scalar' ? String(key.value) : '', key.position])),
    };
  const value = nodeToValue(node);
  const whole = value instanceof Template && module.freeForm === undefined && isOneExpression(value.text);
  if (whole || Array.isArray(value)) return { value, positions: new Map() };
  return fromText(
    value instanceof Template ? value.text : String(value),
    node.position,
    module,
    node.kind === 'scalar' && node.data === true,
  );
};

// `args` is a mapping or one template; a text there is no free form.
const fromArgs = (node: Node | undefined, module: Module): Params => {
  const value = node && nodeToValue(node);
  return value instanceof Template ? { value, positions: new Map() } : fromNode(node, module);
};

/** What else decides how a task's parameters are read. */
export interface ParamsAround {
  /** Lie below the task's own. */
  readonly defaults?: Params;
  /** The playbook deals with a failure of this task (`failed_when`, `ignore_errors`, `rescue`): values that are wrong fail it in the run. */
  readonly mayFail: boolean;
}

/** Parameters of a module that is not known before the run: a mapping, or `name=value` words alone. */
export const lateParams = (found: { readonly node: Node }, args: Node | undefined, findings: Findings): Params => {
  const { node } = found;
  const own = node.kind === 'map' ? mapParams(node) : pairParams(node, findings);
  const below = args?.kind === 'map' ? mapParams(args) : NONE;
  const value: Dict = new Map([...below.value, ...own.value]);
  checkValue(value, findings);
  return { value, positions: new Map([...below.positions, ...own.positions]) };
};

const NONE = { value: new Map<Value, Value>(), positions: new Map<string, Position>() };

const mapParams = (node: MapNode) => ({
  value: nodeToValue(node) as Dict,
  positions: new Map(node.entries.map(({ key }) => [key.kind === 'scalar' ? String(key.value) : '', key.position])),
});

const pairParams = (node: Node, findings: Findings) => {
  if (node.kind !== 'scalar' || isEmpty(node)) return NONE;
  const { pairs, rest } = splitFreeForm(String(node.value), node.position, () => true);
  if (rest !== '')
    findings.report(
      'param-invalid',
      'A module that a template names takes no free text.',
      node.position,
      'Write parameters as "name: value".',
    );
  return {
    value: new Map<Value, Value>(pairs.map((pair) => [pair.name, textValue(pair.value, pair.position)])),
    positions: new Map(pairs.map((pair) => [pair.name, pair.position])),
  };
};

// Words without a name are told in the run, if the task may fail there.
const withoutWords = (value: Dict): Dict => new Map([...value].filter(([name]) => name !== ''));

/** Reads a module's parameters (mapping, `name=value` words, free text or one template) with `args` and then `defaults` below them. */
export const readParams = (
  module: Module,
  node: Node | undefined,
  args: Node | undefined,
  position: Position,
  findings: Findings,
  { defaults, mayFail }: ParamsAround,
): Params => {
  const own = fromNode(node, module);
  const more = fromArgs(args, module);
  const isEmptyMap = ({ value }: Params): boolean => value instanceof Map && value.size === 0;
  const params = isEmptyMap(own) ? more : isEmptyMap(more) ? own : withDefaults(own, more, module);
  for (const value of params.below ?? []) checkValue(value, findings);
  checkValue(params.value, findings);
  if (!(params.value instanceof Map || params.value instanceof Template))
    findings.report('param-invalid', `The parameters of ${module.name} must be a mapping.`, node?.position ?? position);
  const whole = withDefaults(params, defaults, module);
  const { value, positions, below } = whole;
  if (value instanceof Map)
    checkParams(
      module,
      { value: mayFail ? withoutWords(value) : value, positions },
      below === undefined && !mayFail,
      position,
      findings,
    );
  return whole;
};
