import { type Position, RatchetError, sourceError, Template, type Value } from '@ratchet/core';
import { pythonLiteral } from '@ratchet/source';
import { overValues } from './condition-parts.js';
import type { Engine } from './engine.js';
import { Interpreter } from './interpreter.js';
import type { Item } from './item.js';
import { scopeOver } from './layered-scope.js';
import { statementsOf } from './parse-cache.js';
import { isList, truthy } from './python.js';

const WORD = /^\s*(true|false)\s*$/i;

/**
 * What a text that a template came to means in a condition: the literal that it is. Any other text is refused, as it may be a host's:
 * Ansible reads it as code.
 */
const literal = (text: string, position: Position): Value => {
  const word = WORD.exec(text)?.[1];
  if (word !== undefined) return word.toLowerCase() === 'true';
  const value = pythonLiteral(text.trim());
  if (value !== undefined) return value;
  const shown = text.length > 60 ? `${text.slice(0, 60)}…` : text;
  throw sourceError(
    'template-error',
    `A template in the condition comes to the text "${shown}", which is not a boolean and is not read as code.`,
    position,
    { hint: 'Write the condition without braces, and compare a text with == or is match.' },
  );
};

const ONE_NAME = /^\s*\{\{\s*([A-Za-z_]\w*)\s*\}\}\s*$/;

/** The value behind `{{ name }}` as the operator wrote it: it may be read as a condition, as Ansible does. */
const writtenBehind = (template: Template, { scope }: Engine): Value | undefined => {
  const name = ONE_NAME.exec(template.text)?.[1];
  return name === undefined ? undefined : scope.written?.(name);
};

const MAX_DEPTH = 20;

/** What a condition that is a template comes to. Errors: `template-error` at the place for a text that is no literal. */
const ofTemplate = (template: Template, position: Position, engine: Engine, depth: number): Item => {
  const behind = writtenBehind(template, engine);
  const again = typeof behind === 'string' && behind.trim() !== '' && !WORD.test(behind);
  if ((again && pythonLiteral(behind.trim()) === undefined) || behind instanceof Template)
    return conditionItem(behind, position, engine, depth + 1);
  const parts = overValues(statementsOf(template.text, template.position, false));
  if (parts === undefined) {
    const value = engine.template(template);
    return typeof value === 'string' && value.trim() !== '' ? literal(value, position) : value;
  }
  const values = new Map(
    parts.values.map(({ name, output, quoted }): [Value, Value] => {
      const value = engine.finish(new Interpreter(engine, template).run([output]));
      return [name, typeof value === 'string' && !quoted ? literal(value, position) : value];
    }),
  );
  return engine.over(scopeOver(values, engine.scope)).expression(parts.expression, position);
};

/** What a condition comes to: a bare expression, or a template. An empty one holds. */
export const conditionItem = (value: Value, position: Position, engine: Engine, depth = 0): Item => {
  if (depth > MAX_DEPTH) throw new RatchetError('template-error', 'The conditions refer to each other too deeply.');
  if (value instanceof Template) return ofTemplate(value, position, engine, depth);
  if (typeof value !== 'string') return value;
  return value.trim() === '' ? true : engine.expression(value, position);
};

// Texts of this kind are where a silent "true" does harm: `-e do_reboot=false` gives a text.
const BOOLEAN_WORD = /^\s*(?:true|false|yes|no|on|off|y|n|t|f|0|1)\s*$/i;

/** Whether a condition's value holds. Errors: `template-error` for a text that looks like a boolean. */
export const asBoolean = (value: Value, position: Position): boolean => {
  if (typeof value !== 'string' || !BOOLEAN_WORD.test(value)) return truthy(value);
  throw sourceError('template-error', `The condition comes to the text "${value}", which is not a boolean.`, position, {
    hint: 'A text is not a boolean, add | bool.',
  });
};

/** One of several conditions, and whether what it says is the operator's own: a text that is not counts as the literal that it is. */
export interface OneCondition {
  readonly value: Value;
  readonly own: boolean;
}

/**
 * The conditions that a parameter holds (`that` of assert): behind the name of a variable that the operator wrote stand its own; of any
 * other list that a template gives only what its items are counts.
 */
export const conditionsIn = (value: Value, engine: Engine, depth = 0): readonly OneCondition[] => {
  if (isList(value)) return value.map((one) => ({ value: one, own: true }));
  if (!(value instanceof Template)) return [{ value, own: true }];
  const behind = depth > MAX_DEPTH ? undefined : writtenBehind(value, engine);
  if (isList(behind ?? null) || behind instanceof Template) return conditionsIn(behind as Value, engine, depth + 1);
  const found = engine.finish(value);
  return isList(found) ? found.map((one) => ({ value: one, own: false })) : [{ value, own: true }];
};

/** What a condition that is not the operator's own comes to. Errors: `template-error` at the place for a text that is no literal. */
export const foreignCondition = (value: Value, position: Position): Value =>
  typeof value === 'string' ? literal(value, position) : value;
