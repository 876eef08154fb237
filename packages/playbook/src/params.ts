import { type Dict, didYouMean, type Module, type Position, Template, toPlain, type Value } from '@ratchet/core';
import { type Node, nodeToValue, textValue } from '@ratchet/source';
import { isEmpty } from './fields.js';
import type { Findings } from './findings.js';
import { splitFreeForm } from './free-form.js';
import { checkCondition, checkValue } from './template-check.js';

/** A task's parameters as written, with their places. */
export interface Params {
  readonly value: Value;
  readonly positions: ReadonlyMap<string, Position>;
}

const namesOf = (module: Module): readonly string[] =>
  Object.entries(module.parameters).flatMap(([name, info]) => [name, ...(info.aliases ?? [])]);

const namesFor = (module: Module, name: string): readonly string[] => [
  name,
  ...(module.parameters[name]?.aliases ?? []),
];

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
    value.set(name, textOf(rest, position));
    positions.set(name, position);
  }
  return { value, positions };
};

const fromNode = (node: Node | undefined, module: Module): Params => {
  if (!node || isEmpty(node)) return { value: new Map(), positions: new Map() };
  if (node.kind === 'map')
    return {
      value: nodeToValue(node),
      positions: new Map(node.entries.map(({ key }) => [key.kind === 'scalar' ? String(key.value) : '', key.position])),
    };
  const value = nodeToValue(node);
  const whole = value instanceof Template && module.freeForm === undefined && /^\s*\{\{.*\}\}\s*$/s.test(value.text);
  if (whole || Array.isArray(value)) return { value, positions: new Map() };
  return fromText(
    value instanceof Template ? value.text : String(value),
    node.position,
    module,
    node.kind === 'scalar' && node.data === true,
  );
};

/** Reads a module's parameters (mapping, `name=value` words, free text or one template) with `args` below them. */
export const readParams = (
  module: Module,
  node: Node | undefined,
  args: Node | undefined,
  position: Position,
  findings: Findings,
): Params => {
  const own = fromNode(node, module);
  const more = fromNode(args, module);
  const both = own.value instanceof Map && more.value instanceof Map;
  const params = both
    ? {
        value: new Map([...(more.value as Dict), ...(own.value as Dict)]),
        positions: new Map([...more.positions, ...own.positions]),
      }
    : own.value instanceof Map && own.value.size === 0
      ? more
      : own;
  checkValue(params.value, findings);
  if (params.value instanceof Map) checkParams(module, params.value, params.positions, position, findings);
  else if (!(params.value instanceof Template))
    findings.report('param-invalid', `The parameters of ${module.name} must be a mapping.`, node?.position ?? position);
  return params;
};

const checkParams = (
  module: Module,
  value: Dict,
  positions: ReadonlyMap<string, Position>,
  position: Position,
  findings: Findings,
): void => {
  const known = namesOf(module);
  let wrong = false;
  for (const key of value.keys()) {
    const name = String(key);
    if (known.includes(name) || name === module.freeForm || (module.openParameters === true && name !== '')) continue;
    wrong = true;
    const at = positions.get(name) ?? position;
    if (name === '')
      findings.report('param-invalid', `${module.name} takes no free text.`, at, `Write parameters as "name: value".`);
    else findings.reportUnknown('param-invalid', `${module.name} has no parameter "${name}".`, at, name, known);
  }
  for (const [name, info] of Object.entries(module.parameters)) {
    const written = namesFor(module, name).filter((one) => value.has(one));
    if (info.required === true && written.length === 0) {
      wrong = true;
      findings.report('param-invalid', `${module.name} needs the parameter "${name}".`, position);
    }
    if (written.length > 1) {
      wrong = true;
      const at = positions.get(written[1] as string) ?? position;
      findings.report('param-invalid', `"${written[1]}" and "${written[0]}" of ${module.name} are one parameter.`, at);
    }
  }
  if (module.name === 'assert') checkThat(value.get('that'), positions.get('that') ?? position, findings);
  if (!wrong && !hasTemplate(value)) checkSchema(module, value, positions, position, findings);
};

const checkThat = (that: Value | undefined, position: Position, findings: Findings): void => {
  for (const item of Array.isArray(that) ? (that as readonly Value[]) : [that ?? null])
    checkCondition(item, position, findings);
};

const hasTemplate = (value: Value): boolean =>
  value instanceof Template ||
  (value instanceof Map && [...value.values()].some(hasTemplate)) ||
  (Array.isArray(value) && value.some(hasTemplate));

// What is written out in full is parsed by the module's own schema at once, choices and types included.
const checkSchema = (
  module: Module,
  value: Dict,
  positions: ReadonlyMap<string, Position>,
  position: Position,
  findings: Findings,
): void => {
  const canonical = new Map<string, string>();
  for (const name of Object.keys(module.parameters)) for (const one of namesFor(module, name)) canonical.set(one, name);
  const written = new Map<string, string>();
  const plain: Record<string, unknown> = {};
  for (const [key, item] of value) {
    const name = canonical.get(String(key)) ?? String(key);
    written.set(name, String(key));
    plain[name] = toPlain(item);
  }
  const parsed = module.params.safeParse(plain);
  if (parsed.success) return;
  for (const issue of parsed.error.issues) {
    const name = issue.path[0] === undefined ? undefined : String(issue.path[0]);
    const label = name === undefined ? module.name : `${module.name}: ${written.get(name) ?? name}`;
    const at = positions.get(written.get(name ?? '') ?? '') ?? position;
    const choices = module.parameters[name ?? '']?.choices?.map(String) ?? [];
    const hint = didYouMean(String(plain[name ?? '']), choices);
    findings.report('param-invalid', `${label}: ${issue.message}`, at, hint);
  }
};
