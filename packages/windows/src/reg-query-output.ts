import type { RegistryData } from '@ratchet/core';

/** One value line; `certain` is false where `reg query` cannot be believed (windows-facts, 7.2) and an export must be read. */
export interface QueriedValue {
  readonly name: string;
  readonly data: RegistryData;
  readonly certain: boolean;
  /** Whether the name can be believed, or is a label in parentheses, whatever the data is. */
  readonly named: boolean;
}

export interface QueriedKey {
  readonly path: string;
  readonly values: readonly QueriedValue[];
  /** Lines that are neither key nor value (a line feed inside a string): nothing here can be believed. */
  readonly broken: boolean;
}

const VALUE = /^ {4}(.*?) {4}(REG_[A-Z_]+)(?: {4}(.*))?$/;
const HIVE = /^HKEY_[A-Z_]+(\\|$)/;

/** Text that `reg query` carries whole: printable ASCII without the `?` that stands for what it cannot. */
export const isPlain = (text: string): boolean => /^[\x20-\x3e\x40-\x7e]*$/.test(text);

const UNKNOWN: RegistryData = { type: 'REG_NONE', hex: '' };

const parseData = (type: string, text: string): { readonly data: RegistryData; readonly certain: boolean } => {
  if (type === 'REG_DWORD') {
    const number = /^0x[0-9a-f]{1,8}$/i.test(text) ? Number.parseInt(text, 16) : undefined;
    return number === undefined ? { data: UNKNOWN, certain: false } : { data: { type, number }, certain: true };
  }
  if (type === 'REG_SZ' || type === 'REG_EXPAND_SZ') return { data: { type, text }, certain: isPlain(text) };
  if (type === 'REG_BINARY' && /^([0-9a-f]{2})*$/i.test(text))
    return { data: { type, hex: text.toLowerCase() }, certain: true };
  if (type === 'REG_QWORD' && /^0x[0-9a-f]{1,16}$/i.test(text))
    return { data: { type, number: BigInt(text) }, certain: true };
  return { data: UNKNOWN, certain: false };
};

/** Whether a name may be the label of the unnamed value. */
export const isLabel = (name: string): boolean => /^\(.*\)$/.test(name);

const queriedValue = (match: RegExpExecArray): QueriedValue => {
  const [, name = '', type = '', text = ''] = match;
  const { data, certain } = parseData(type, text);
  const label = isLabel(name);
  const named = (label || isPlain(name)) && !/ {4}REG_/.test(text);
  return { name: label ? '' : name, data, certain: certain && named && !label, named };
};

/** Whether the empty line at `index` cannot be the one that ends a block: a text before it ends in a line feed. */
const isWithinText = (lines: readonly string[], index: number): boolean =>
  lines[index - 1] === '' && VALUE.test(lines[index - 2] ?? '') && index < lines.length - 1;

/**
 * The keys of a `reg query` output. A name in parentheses may be the unnamed value under its translated label, so it is never
 * certain; nothing is decided on words. One fault stays unseen: a text with a line that looks just like a value's line.
 */
export const parseRegQuery = (output: string): readonly QueriedKey[] => {
  const keys: { path: string; values: QueriedValue[]; broken: boolean }[] = [];
  const lines = output.split(/\r?\n/);
  for (const [index, line] of lines.entries()) {
    const current = keys.at(-1);
    if (HIVE.test(line)) keys.push({ path: line, values: [], broken: false });
    else if (!current) continue;
    else if (line === '') current.broken ||= isWithinText(lines, index);
    else {
      const value = VALUE.exec(line);
      const afterBlank = lines[index - 1] === '' && current.values.length > 0;
      if (value && !afterBlank) current.values.push(queriedValue(value));
      else current.broken = true;
    }
  }
  return keys;
};
