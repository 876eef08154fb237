import { describe, expect, test } from '@jest/globals';
import type { RegistryData } from '@ratchet/core';
import { parseRegQuery } from './reg-query-output.js';

const KEY = 'HKEY_LOCAL_MACHINE\\SOFTWARE\\Try';
const outputOf = (...lines: string[]): string => `\r\n${[KEY, ...lines, ''].join('\r\n')}\r\n`;

const only = (...lines: string[]) => {
  const [key] = parseRegQuery(outputOf(...lines));
  return { broken: key?.broken, ...key?.values[0] };
};

describe('the output of reg query', () => {
  test.each<[string, string, RegistryData]>([
    ['    on    REG_DWORD    0xffffffff', 'on', { type: 'REG_DWORD', number: 0xffffffff }],
    ['    a b    REG_DWORD    0x0', 'a b', { type: 'REG_DWORD', number: 0 }],
    ['    q    REG_QWORD    0xffffffffffffffff', 'q', { type: 'REG_QWORD', number: 2n ** 64n - 1n }],
    ['    t    REG_SZ    two  words ', 't', { type: 'REG_SZ', text: 'two  words ' }],
    ['    t    REG_SZ', 't', { type: 'REG_SZ', text: '' }],
    ['    t    REG_SZ    ', 't', { type: 'REG_SZ', text: '' }],
    ['    e    REG_EXPAND_SZ    %x%', 'e', { type: 'REG_EXPAND_SZ', text: '%x%' }],
    ['    b    REG_BINARY    00FF', 'b', { type: 'REG_BINARY', hex: '00ff' }],
  ])('%j is certain', (line, name, data) => {
    expect(only(line)).toEqual({ broken: false, name, data, certain: true, named: true });
  });

  test.each([
    ['a question mark that may stand for any character', '    t    REG_SZ    why?'],
    ['a byte of a code page', '    t    REG_SZ    Gr\x81\xe1e'],
    ['a name with a byte of a code page', '    \x81    REG_DWORD    0x1'],
    ['items, whose separator is also a text', '    m    REG_MULTI_SZ    a\\0b'],
    ['the QWORD of Wine', '    q    REG_QWORD    (null)'],
    ['a translated label', '    (Standard)    REG_SZ    x'],
    ['a label with words for data', '    (Default)    REG_SZ    (value not set)'],
    ['a type within the data', '    x    REG_SZ    y    REG_SZ    p'],
    ['a type that is not known', '    l    REG_LINK    x'],
    ['a DWORD that is none', '    d    REG_DWORD    1'],
  ])('%s is not certain', (_, line) => expect(only(line)).toMatchObject({ certain: false }));

  test.each([
    ['inside', ['    t    REG_SZ    one', 'two']],
    ['at the end', ['    t    REG_SZ    one', '']],
    ['at the end, before another value', ['    t    REG_SZ    one', '', '    u    REG_DWORD    0x1']],
  ])('a text with a line feed %s breaks its key', (_, lines) => {
    expect(only(...lines)).toMatchObject({ broken: true });
  });

  test('subkeys and the blocks of /s are keys of their own, and what stands before the first is dropped', () => {
    const output = `cd\r\nC:\\>\r\n${outputOf('    on    REG_DWORD    0x1')}${KEY}\\a b\r\n${KEY}\\c\r\n    n    REG_SZ    x\r\n\r\n`;
    expect(parseRegQuery(output).map(({ path, values, broken }) => [path, values.length, broken])).toEqual([
      [KEY, 1, false],
      [`${KEY}\\a b`, 0, false],
      [`${KEY}\\c`, 1, false],
    ]);
  });
});
