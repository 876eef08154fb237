import { type Dict, type ErrorCode, isVariableName, type Position, Template, type Value } from '@ratchet/core';
import { type MapNode, type Node, nodeToValue } from '@ratchet/source';
import type { Findings } from './findings.js';
import { type Level, REFUSED, SUPPORTED } from './keywords.js';
import type { Condition, Flag, Placed } from './task.js';
import { checkCondition, checkValue } from './template-check.js';

export interface Field {
  readonly name: string;
  readonly position: Position;
  readonly node: Node;
}

/** The keywords of one play, block or task, with readers that report what is wrong. */
export class Fields {
  readonly position: Position;
  readonly findings: Findings;
  readonly #fields = new Map<string, Field>();

  constructor(node: MapNode, findings: Findings) {
    this.position = node.entries[0]?.key.position ?? node.position;
    this.findings = findings;
    for (const { key, value } of node.entries) {
      const name = key.kind === 'scalar' ? String(key.value) : '';
      this.#fields.set(name, { name, position: key.position, node: value });
    }
  }

  has(name: string): boolean {
    return this.#fields.has(name);
  }

  field(name: string): Field | undefined {
    return this.#fields.get(name);
  }

  /** It stands there with nothing behind it. */
  isNull(name: string): boolean {
    const field = this.#fields.get(name);
    return field !== undefined && isEmpty(field.node);
  }

  all(): Iterable<Field> {
    return this.#fields.values();
  }

  positions(): ReadonlyMap<string, Position> {
    return new Map([...this.#fields].map(([name, field]) => [name, field.position]));
  }

  /** Where a keyword's value stands, or the keyword, or the whole. */
  place(name: string): Position {
    return this.#fields.get(name)?.node.position ?? this.position;
  }

  wrong(name: string, expected: string, code: ErrorCode = 'playbook-invalid'): undefined {
    this.findings.report(code, `${name} must be ${expected}.`, this.place(name));
    return undefined;
  }

  value(name: string): Value | undefined {
    const field = this.#fields.get(name);
    if (!field) return undefined;
    const value = nodeToValue(field.node);
    checkValue(value, this.findings);
    return value;
  }

  /** A text or a template; numbers and booleans count as the text written. */
  text(name: string): string | Template | undefined {
    const value = this.value(name);
    if (value === undefined || value === null) return undefined;
    if (typeof value === 'string' || value instanceof Template) return value;
    return typeof value === 'object' ? this.wrong(name, 'a text') : String(value);
  }

  /** A number, or a template that comes to one. */
  number(name: string): number | Template | undefined {
    const value = this.value(name);
    if (value === undefined || value === null || value instanceof Template) return value ?? undefined;
    const number = typeof value === 'object' || value === '' ? Number.NaN : Number(value);
    return Number.isFinite(number) ? number : this.wrong(name, 'a number');
  }

  flag(name: string): Flag | undefined {
    const value = this.value(name);
    if (value === undefined || value === null) return undefined;
    return asFlag(value) ?? this.wrong(name, 'true or false');
  }

  list(name: string): readonly Node[] {
    const node = this.#fields.get(name)?.node;
    if (!node || isEmpty(node)) return [];
    return node.kind === 'list' ? node.items : [node];
  }

  dict(name: string): Dict {
    const value = this.value(name);
    if (value === undefined || value === null) return new Map();
    if (value instanceof Map) return value;
    this.wrong(name, 'a mapping');
    return new Map();
  }

  /** `vars`: a mapping whose keys can be variables, or a list of such ones, of which the later count. */
  variables(name = 'vars'): Dict {
    const node = this.#fields.get(name)?.node;
    const maps = node?.kind === 'list' ? node.items : node ? [node] : [];
    for (const map of maps)
      for (const { key } of map.kind === 'map' ? map.entries : [])
        if (key.kind !== 'scalar' || typeof key.value !== 'string' || !isVariableName(key.value))
          this.findings.report('playbook-invalid', 'This cannot be the name of a variable.', key.position);
    if (node?.kind !== 'list') return this.dict(name);
    if (!maps.every((map) => map.kind === 'map')) this.wrong(name, 'a mapping or a list of mappings');
    const values = (this.value(name) ?? []) as readonly Value[];
    return new Map(values.flatMap((value) => (value instanceof Map ? [...value] : [])));
  }

  conditions(name: string): readonly Condition[] {
    return this.list(name).flatMap((node) => {
      const value = nodeToValue(node);
      if (value instanceof Map || Array.isArray(value)) {
        this.findings.report('playbook-invalid', `${name} takes expressions.`, node.position, 'Quote the expression.');
        return [];
      }
      checkCondition(value, node.position, this.findings);
      return [{ value, position: node.position }];
    });
  }

  tags(): readonly string[] {
    const { node } = this.#fields.get('tags') ?? {};
    if (this.isNull('tags')) this.wrong('tags', 'specified as a list');
    return this.list('tags').flatMap((written) => {
      const value = nodeToValue(written);
      if (typeof value === 'string' || typeof value === 'number')
        // Only a text that stands alone is a list with commas; what stands in a list is one tag.
        return (node?.kind === 'list' ? [String(value)] : String(value).split(','))
          .map((tag) => tag.trim())
          .filter((tag) => tag !== '');
      if (value instanceof Template)
        this.findings.report(
          'not-supported',
          'A templated tag is not supported.',
          written.position,
          'Write the tag itself.',
        );
      else this.findings.report('playbook-invalid', 'A tag must be a text.', written.position);
      return [];
    });
  }

  texts(name: string): readonly Placed<string | Template>[] {
    return this.list(name).flatMap((node) => {
      const value = nodeToValue(node);
      if (typeof value === 'string' || value instanceof Template) {
        checkValue(value, this.findings);
        return [{ value, position: node.position }];
      }
      this.findings.report('playbook-invalid', `${name} must be a text or a list of texts.`, node.position);
      return [];
    });
  }

  identifier(name: string): string | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    if (typeof value === 'string' && isVariableName(value)) return value;
    this.findings.report(
      'playbook-invalid',
      `Invalid variable name in ${name}: "${value instanceof Template ? value.text : value}".`,
      this.place(name),
      'A name is letters, digits and underscores, begins with no digit, and is no word of Python’s own.',
    );
    return undefined;
  }

  /** Reports keywords that this level does not know or does not do. `also` says which others are right here. */
  checkKeywords(level: Level, also: (name: string) => boolean = () => false): void {
    for (const { name, position } of this.#fields.values()) {
      const reason = REFUSED.get(name);
      if (reason !== undefined)
        this.findings.report('not-supported', `The keyword "${name}" is not supported.`, position, reason);
      else if (!SUPPORTED[level].includes(name) && !also(name)) this.unknownKeyword(name, level, position);
    }
  }

  /** `hint` is better than the nearest name, where there is one. */
  unknownKeyword(name: string, level: Level, position: Position, hint?: string): void {
    const message = `'${name}' is not a valid attribute for a ${capital(level)}.`;
    if (hint === undefined) this.findings.reportUnknown('keyword-unknown', message, position, name, SUPPORTED[level]);
    else this.findings.report('keyword-unknown', message, position, hint);
  }
}

const capital = (level: Level): string => level.charAt(0).toUpperCase() + level.slice(1);

/** A yes or no as Ansible reads it, a template, or undefined. */
export const asFlag = (value: Value): Flag | undefined => {
  if (typeof value === 'boolean' || value instanceof Template) return value;
  const text = String(value).toLowerCase();
  if (['yes', 'on', '1', 'true', 't', 'y'].includes(text)) return true;
  return ['no', 'off', '0', 'false', 'f', 'n'].includes(text) ? false : undefined;
};

/** Whether a node is null (`tasks:` with nothing below). */
export const isEmpty = (node: Node): boolean => node.kind === 'scalar' && node.value === null;
