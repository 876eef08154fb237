import type { RegistryData } from '@ratchet/core';

/** The types as `ansible.windows.win_regedit` names them. */
export const DATA_TYPES = ['string', 'expandstring', 'multistring', 'dword', 'qword', 'binary', 'none'] as const;
export type DataType = (typeof DATA_TYPES)[number];

/** Parsed data, or why the given value cannot be data of that type. */
export type DataResult = { readonly data: RegistryData } | { readonly problem: string };

const shown = (value: unknown): string =>
  typeof value === 'bigint' ? String(value) : (JSON.stringify(value) ?? String(value));

const whole = (value: unknown): bigint | undefined => {
  if (value === null || value === undefined || value === '') return 0n;
  if (typeof value === 'boolean') return value ? 1n : 0n;
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : undefined;
  if (typeof value !== 'string') return undefined;
  const digits = value.trim();
  if (/^-?\d+$/.test(digits) || /^0x[\da-f]+$/i.test(digits)) return BigInt(digits);
  return undefined;
};

const unsigned = (value: unknown, bits: 32 | 64): DataResult => {
  const number = whole(value);
  const name = bits === 32 ? 'dword' : 'qword';
  if (number === undefined) return { problem: `${shown(value)} is no whole number, as a ${name} needs` };
  if (number < -(1n << BigInt(bits - 1)) || number >= 1n << BigInt(bits))
    return { problem: `${number} does not fit into the ${bits} bits of a ${name}` };
  const raw = BigInt.asUintN(bits, number);
  return { data: bits === 32 ? { type: 'REG_DWORD', number: Number(raw) } : { type: 'REG_QWORD', number: raw } };
};

const textOf = (value: unknown): string | undefined => {
  if (value === null || value === undefined) return '';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint'
    ? String(value)
    : undefined;
};

const plainText = (value: unknown, type: 'REG_SZ' | 'REG_EXPAND_SZ'): DataResult => {
  const text = textOf(value);
  return text === undefined
    ? { problem: `${shown(value)} is no text; for several texts use type multistring` }
    : { data: { type, text } };
};

const multiple = (value: unknown): DataResult => {
  const given = Array.isArray(value) ? value : value === null || value === undefined || value === '' ? [] : [value];
  const items: string[] = [];
  for (const one of given) {
    const text = one === null ? undefined : textOf(one);
    if (text === undefined) return { problem: `${shown(one)} in the list is no text` };
    if (text === '') return { problem: 'a multistring cannot hold an empty text: it would end the list' };
    items.push(text);
  }
  return { data: { type: 'REG_MULTI_SZ', items } };
};

const byteHex = (value: unknown): string | undefined => {
  const number = whole(value);
  if (value === null || value === '' || number === undefined || number < 0n || number > 255n) return undefined;
  return number.toString(16).padStart(2, '0');
};

const bytes = (value: unknown, type: 'REG_BINARY' | 'REG_NONE'): DataResult => {
  if (Array.isArray(value)) {
    const hexes = value.map(byteHex);
    if (hexes.some((hex) => hex === undefined))
      return { problem: `${shown(value)} is no list of numbers from 0 to 255` };
    return { data: { type, hex: hexes.join('') } };
  }
  const text = typeof value === 'boolean' ? undefined : textOf(value);
  const hex = text
    ?.replace(/^hex:/i, '')
    .replace(/[,\s\\]/g, '')
    .toLowerCase();
  if (hex === undefined || !/^(?:[\da-f]{2})*$/.test(hex))
    return { problem: `${shown(value)} are no bytes: write "hex:be,ef" or a list of numbers` };
  return { data: { type, hex } };
};

/**
 * A parameter's value as data of a type, with win_regedit's conversions: a number may be decimal or 0x text, negative
 * numbers are two's complement, nothing is 0 or empty. A list for a text is refused (Ansible writes `System.Object[]`).
 */
export const parseData = (type: DataType, value: unknown): DataResult => {
  switch (type) {
    case 'string':
      return plainText(value, 'REG_SZ');
    case 'expandstring':
      return plainText(value, 'REG_EXPAND_SZ');
    case 'multistring':
      return multiple(value);
    case 'dword':
      return unsigned(value, 32);
    case 'qword':
      return unsigned(value, 64);
    case 'binary':
      return bytes(value, 'REG_BINARY');
    case 'none':
      return bytes(value, 'REG_NONE');
  }
};
