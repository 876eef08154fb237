import { Float, type Value } from '@ratchet/core';
import { readPlainScalar } from '@ratchet/source';
import { compare, isDict, isList } from './python.js';
import { str } from './python-text.js';

export interface YamlStyle {
  readonly indent: number;
  /** Innermost lists and mappings on one line, as `to_yaml` writes them. */
  readonly flow: boolean;
  readonly sort: boolean;
}

const plain = (text: string): boolean =>
  /^[^\s\-?:,[\]{}#&*!|>'"%@`][^\n]*$|^[-?:](?![\s,[\]{}])[^\n]*$/.test(text) &&
  !/: |:$| #|\s$|[\x00-\x1f\x7f]/.test(text) &&
  readPlainScalar(text) === text &&
  !/^\d{4}-\d\d?-\d\d?/.test(text) &&
  text !== '=' &&
  text !== '<<';

const scalar = (value: Value, flow: boolean): string => {
  if (value === null) return 'null';
  if (typeof value === 'boolean') return String(value);
  if (value instanceof Float && !Number.isFinite(value.value))
    return Number.isNaN(value.value) ? '.nan' : value.value > 0 ? '.inf' : '-.inf';
  if (typeof value !== 'string') return str(value);
  if (/[\n\x00-\x08\x7f]/.test(value)) return JSON.stringify(value);
  return plain(value) && !(flow && /[,[\]{}]/.test(value)) ? value : `'${value.replaceAll("'", "''")}'`;
};

const entriesOf = (value: ReadonlyMap<Value, Value>, sort: boolean): readonly (readonly [Value, Value])[] =>
  sort ? [...value].sort(([a], [b]) => compare(str(a), str(b))) : [...value];

const inline = (value: Value, style: YamlStyle): string => {
  if (isList(value)) return `[${value.map((item) => inline(item, style)).join(', ')}]`;
  if (isDict(value))
    return `{${entriesOf(value, style.sort)
      .map(([key, item]) => `${scalar(key, true)}: ${inline(item, style)}`)
      .join(', ')}}`;
  return scalar(value, true);
};

const isSimple = (value: Value): boolean => !isList(value) && !isDict(value);
const isInnermost = (value: Value): boolean =>
  isList(value) ? value.every(isSimple) : isDict(value) && [...value.values()].every(isSimple);
const isEmpty = (value: Value): boolean => (isList(value) ? value.length === 0 : isDict(value) && value.size === 0);

const lines = (value: Value, style: YamlStyle): string[] => {
  if (isSimple(value)) return [scalar(value, false)];
  if (isEmpty(value) || (style.flow && isInnermost(value))) return [inline(value, style)];
  if (isList(value)) return value.flatMap((item) => hung('-', item, style, true));
  return isDict(value)
    ? entriesOf(value, style.sort).flatMap(([key, item]) => hung(`${scalar(key, false)}:`, item, style, false))
    : [];
};

const hung = (lead: string, value: Value, style: YamlStyle, item: boolean): string[] => {
  const inner = lines(value, style);
  const onLine = isSimple(value) || isEmpty(value) || (style.flow && isInnermost(value));
  if (onLine) return [`${lead} ${inner[0]}`];
  if (item) {
    const gap = ' '.repeat(Math.max(2, style.indent));
    return inner.map((line, index) => (index === 0 ? lead.padEnd(gap.length) + line : gap + line));
  }
  // A list below a key stands at the key's own column, as PyYAML writes it.
  return [lead, ...inner.map((line) => (isList(value) ? line : ' '.repeat(style.indent) + line))];
};

/** A value as a YAML text, with a line break at its end. */
export const toYaml = (value: Value, style: YamlStyle): string => `${lines(value, style).join('\n')}\n`;
