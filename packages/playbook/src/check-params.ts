import {
  type Dict,
  didYouMean,
  holdsTemplate,
  type Module,
  type Position,
  Template,
  toPlain,
  type Value,
} from '@ratchet/core';
import type { Findings } from './findings.js';
import { checkCondition, checkValue } from './template-check.js';

/** Every name that a parameter of a module answers to. */
export const namesOf = (module: Module): readonly string[] =>
  Object.entries(module.parameters).flatMap(([name, info]) => [name, ...(info.aliases ?? [])]);

const namesFor = (module: Module, name: string): readonly string[] => [
  name,
  ...(module.parameters[name]?.aliases ?? []),
];

/** The name under which a module knows a parameter that was written under another one. */
export const nameOfParameter = (module: Module, written: string): string =>
  Object.keys(module.parameters).find((name) => namesFor(module, name).includes(written)) ?? written;

/** Reports names that are no parameters of a module, and those that are one parameter twice. True: something is wrong. */
export const checkNames = (
  module: Module,
  value: Dict,
  positions: ReadonlyMap<string, Position>,
  position: Position,
  findings: Findings,
): boolean => {
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
  for (const name of Object.keys(module.parameters)) {
    const written = namesFor(module, name).filter((one) => value.has(one));
    if (written.length > 1) {
      wrong = true;
      const at = positions.get(written[1] as string) ?? position;
      findings.report('param-invalid', `"${written[1]}" and "${written[0]}" of ${module.name} are one parameter.`, at);
    }
  }
  return wrong;
};

const checkRequired = (module: Module, value: Dict, position: Position, findings: Findings): boolean => {
  const missing = Object.entries(module.parameters).filter(
    ([name, info]) => info.required === true && !namesFor(module, name).some((one) => value.has(one)),
  );
  for (const [name] of missing)
    findings.report('param-invalid', `${module.name} needs the parameter "${name}".`, position);
  return missing.length > 0;
};

/** Checks the parameters of a task; `complete` says that no others come to them in the run, and that wrong values are to be reported now. */
export const checkParams = (
  module: Module,
  { value, positions }: { readonly value: Dict; readonly positions: ReadonlyMap<string, Position> },
  complete: boolean,
  position: Position,
  findings: Findings,
): void => {
  const misnamed = checkNames(module, value, positions, position, findings);
  const lacking = complete && checkRequired(module, value, position, findings);
  const bare = BARE[module.name];
  if (bare && value.has(bare)) checkBare(value.get(bare), bare, positions.get(bare) ?? position, findings);
  if (complete && !misnamed && !lacking && !holdsTemplate(value))
    checkSchema(module, value, positions, position, findings);
};

/** Parameters that are bare expressions. */
const BARE: Readonly<Record<string, string>> = { assert: 'that', debug: 'var' };

// A template in debug's `var` gives a name, and is no condition.
const checkBare = (given: Value | undefined, name: string, position: Position, findings: Findings): void => {
  for (const item of Array.isArray(given) ? (given as readonly Value[]) : [given ?? null])
    if (name === 'var' && item instanceof Template) checkValue(item, findings);
    else checkCondition(item, position, findings);
};

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
