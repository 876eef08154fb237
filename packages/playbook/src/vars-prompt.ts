import type { Position, Template, Value } from '@ratchet/core';
import { nodeToValue } from '@ratchet/source';
import { asFlag, Fields } from './fields.js';

/** A variable that a person is asked for before the play begins. */
export interface VarsPrompt {
  readonly name: string;
  /** The question; without one, the variable's name is asked for. */
  readonly prompt?: string | Template;
  /** What an empty answer stands for, and what counts where nobody can be asked. */
  readonly fallback?: Value;
  /** What is typed is not shown, not written down and nowhere printed; default true. */
  readonly private: boolean;
  /** Asked twice. */
  readonly confirm: boolean;
  /** The answer is data and never a template. */
  readonly unsafe: boolean;
  readonly position: Position;
}

const KEYS = ['name', 'prompt', 'default', 'private', 'confirm', 'unsafe'];
const REFUSED: ReadonlyMap<string, string> = new Map(
  ['encrypt', 'salt', 'salt_size'].map((key) => [
    key,
    'Hash it where it is used: {{ answer | password_hash("sha512") }}.',
  ]),
);

const checkKeys = (fields: Fields): void => {
  for (const { name, position } of fields.all()) {
    const reason = REFUSED.get(name);
    if (reason !== undefined)
      fields.findings.report('not-supported', `"${name}" of vars_prompt is not supported.`, position, reason);
    else if (!KEYS.includes(name))
      fields.findings.reportUnknown('keyword-unknown', `vars_prompt has no "${name}".`, position, name, KEYS);
  }
};

const isYes = (fields: Fields, name: string, otherwise: boolean): boolean => {
  const field = fields.field(name);
  if (!field) return otherwise;
  const found = asFlag(nodeToValue(field.node));
  if (typeof found === 'boolean') return found;
  fields.wrong(name, 'true or false');
  return otherwise;
};

const readOne = (fields: Fields): VarsPrompt | undefined => {
  checkKeys(fields);
  if (!fields.has('name')) {
    fields.findings.report('playbook-invalid', 'A vars_prompt needs the name of its variable.', fields.position);
    return undefined;
  }
  const name = fields.identifier('name');
  const prompt = fields.text('prompt');
  const fallback = fields.value('default');
  if (fallback instanceof Map || Array.isArray(fallback)) fields.wrong('default', 'a text');
  if (name === undefined) return undefined;
  return {
    name,
    ...(prompt === undefined ? {} : { prompt }),
    ...(fallback === undefined || fallback === null ? {} : { fallback }),
    private: isYes(fields, 'private', true),
    confirm: isYes(fields, 'confirm', false),
    unsafe: isYes(fields, 'unsafe', false),
    position: fields.place('name'),
  };
};

/** The keyword `vars_prompt` of a play. */
export const readVarsPrompt = (play: Fields): readonly VarsPrompt[] =>
  play.list('vars_prompt').flatMap((node) => {
    if (node.kind === 'map') return readOne(new Fields(node, play.findings)) ?? [];
    play.findings.report(
      'playbook-invalid',
      'vars_prompt takes a list of mappings.',
      node.position,
      'Write "- name: the_variable".',
    );
    return [];
  });
