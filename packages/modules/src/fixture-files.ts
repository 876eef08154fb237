import { readFileSync } from 'node:fs';
import type { RegistryData, RegistryWrite } from '@ratchet/core';

const FIXTURES = new URL('../../../fixtures/', import.meta.url);

/** The text of a file under `fixtures/`. */
export const fixture = (path: string): string => readFileSync(new URL(path, FIXTURES), 'utf8');

const bytesOf = (hex: string): string => hex.replace(/[,\s\\]/g, '');

const wide = (hex: string): string => Buffer.from(hex, 'hex').toString('utf16le').replace(/\0$/, '');

const HEX_TYPES: Readonly<Record<string, (hex: string) => RegistryData>> = {
  '': (hex) => ({ type: 'REG_BINARY', hex }),
  '(0)': (hex) => ({ type: 'REG_NONE', hex }),
  '(2)': (hex) => ({ type: 'REG_EXPAND_SZ', text: wide(hex) }),
  '(7)': (hex) => ({ type: 'REG_MULTI_SZ', items: wide(hex).split('\0').slice(0, -1) }),
  '(b)': (hex) => ({ type: 'REG_QWORD', number: Buffer.from(hex, 'hex').readBigUInt64LE() }),
};

const dataOf = (written: string): RegistryData => {
  const dword = /^dword:(.*)$/.exec(written);
  if (dword) return { type: 'REG_DWORD', number: Number.parseInt(dword[1] ?? '', 16) };
  const hex = /^hex(\(.\))?:(.*)$/s.exec(written);
  const decode = hex ? HEX_TYPES[hex[1] ?? ''] : undefined;
  if (decode) return decode(bytesOf(hex?.[2] ?? ''));
  const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r' };
  return {
    type: 'REG_SZ',
    text: written.slice(1, -1).replace(/\\(.)/g, (_, letter: string) => escapes[letter] ?? letter),
  };
};

/** The writes of a `.reg` text: enough of the format for the fixtures (the real codec is the windows package's). */
export const regWrites = (text: string): readonly RegistryWrite[] => {
  const writes: RegistryWrite[] = [];
  let path = '';
  for (const line of text.replace(/\\\r?\n\s*/g, '').split(/\r?\n/)) {
    const key = /^\[(.*)\]$/.exec(line);
    const value = /^(?:@|"((?:[^"\\]|\\.)*)")=(.*)$/s.exec(line);
    if (key) {
      path = key[1] ?? '';
      writes.push({ op: 'create-key', path });
    }
    if (value) writes.push({ op: 'set', path, name: value[1] ?? '', data: dataOf(value[2] ?? '') });
  }
  return writes;
};
