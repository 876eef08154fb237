import type { Value } from '@ratchet/core';
import { type Args, defined, templateError } from './item.js';
import { percentFormat } from './percent-format.js';
import { dictGet, isDict, isInteger, isList, isNumber, toNumber, tuple, typeName } from './python.js';
import { repr, str } from './python-text.js';

const FIELD = /\{\{|\}\}|\{([^{}!:]*)(?:!([rsa]))?(?::([^{}]*))?\}|[{}]/g;
const SPEC = /^(?:(.)?([<>^=]))?([-+ ])?(#)?(0)?(\d+)?(,|_)?(?:\.(\d+))?([a-zA-Z%])?$/s;

/** Python's `text.format(…)`. Fields reach items of lists and dicts only. */
export const braceFormat = (text: string, args: Args): string => {
  let next = 0;
  args.rest(0);
  args.options();
  return text.replace(
    FIELD,
    (all, field: string | undefined, conversion: string | undefined, spec: string | undefined) => {
      if (all === '{{') return '{';
      if (all === '}}') return '}';
      if (field === undefined) throw templateError('The format holds a single brace.');
      const [first, ...path] = field.split(/[.[]/).map((part) => part.replace(/\]$/, ''));
      const key = first === '' || first === undefined ? String(next++) : first;
      const item = /^\d+$/.test(key) ? args.positional[Number(key)] : args.named.get(key);
      if (item === undefined) throw templateError(`The format asks for "${key}", which was not given.`);
      const value = path.reduce<Value>(member, defined(item));
      return formatted(conversion === 'r' ? repr(value) : conversion ? str(value) : value, spec ?? '');
    },
  );
};

const member = (value: Value, key: string): Value => {
  const found = isDict(value) ? dictGet(value, key) : isList(value) ? value[Number(key)] : undefined;
  if (found === undefined) throw templateError(`The format asks for "${key}", which is not there.`);
  return found;
};

const formatted = (value: Value, spec: string): string => {
  if (spec === '') return str(value);
  const parts = SPEC.exec(spec);
  if (!parts) throw templateError(`The format "${spec}" is not valid.`);
  const [, fill, align, sign, alternate, zero, width, group, precision, kind] = parts;
  const size = Number(width ?? 0);
  if (size > 100_000) throw templateError('The width in the format is too large.');
  const text = body(value, { sign, alternate, group, precision, kind });
  const pad = fill ?? (zero ? '0' : ' ');
  const side = align ?? (zero ? '=' : isNumber(value) ? '>' : '<');
  return aligned(text, size, pad, side);
};

interface Spec {
  readonly sign: string | undefined;
  readonly alternate: string | undefined;
  readonly group: string | undefined;
  readonly precision: string | undefined;
  readonly kind: string | undefined;
}

const WHOLE_KINDS = new Set(['b', 'c', 'd', 'o', 'x', 'X', 'n']);
const NUMBER_KINDS = new Set(['e', 'E', 'f', 'F', 'g', 'G', '%']);

const refuseKind = (value: Value, kind: string | undefined): void => {
  if (kind === undefined) return;
  const fits = WHOLE_KINDS.has(kind)
    ? isInteger(value) || typeof value === 'boolean'
    : NUMBER_KINDS.has(kind)
      ? toNumber(value) !== undefined
      : kind === 's' && typeof value === 'string';
  if (!fits) throw templateError(`Unknown format code '${kind}' for object of type '${typeName(value)}'.`);
};

const body = (value: Value, { sign, alternate, group, precision, kind }: Spec): string => {
  refuseKind(value, kind);
  if (kind === 'b') return BigInt(toNumber(value) ?? 0).toString(2);
  if (kind === '%') return `${((toNumber(value) ?? 0) * 100).toFixed(Number(precision ?? 6))}%`;
  const type = kind ?? (isNumber(value) && precision === undefined ? undefined : isNumber(value) ? 'g' : 's');
  const flags = `${sign === '+' || sign === ' ' ? sign : ''}${alternate ?? ''}`;
  const text =
    type === undefined
      ? str(value)
      : percentFormat(`%${flags}${precision === undefined ? '' : `.${precision}`}${type}`, tuple([value]));
  return group ? text.replace(/\B(?=(?:\d{3})+(?!\d))(?<!\.\d*)/g, group) : text;
};

const aligned = (text: string, size: number, pad: string, side: string): string => {
  if (side === '<') return text.padEnd(size, pad);
  if (side === '>') return text.padStart(size, pad);
  if (side === '^')
    return text.padStart(text.length + Math.floor(Math.max(0, size - text.length) / 2), pad).padEnd(size, pad);
  const sign = /^[-+ ]/.exec(text)?.[0] ?? '';
  return sign + text.slice(sign.length).padStart(size - sign.length, pad);
};
