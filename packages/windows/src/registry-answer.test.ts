import { describe, expect, test } from '@jest/globals';
import { parseRegQuery } from './reg-query-output.js';
import { isCertain } from './registry-answer.js';

const KEY = 'HKEY_LOCAL_MACHINE\\SOFTWARE\\Try';
const certain = (value: string | undefined, ...lines: string[]): boolean =>
  isCertain(
    value === undefined ? { path: KEY } : { path: KEY, value },
    parseRegQuery(`\r\n${[KEY, ...lines].join('\r\n')}\r\n\r\n`),
  );

const DEFAULT = '    (Default)    REG_SZ    x';
const LOSSY = '    t    REG_SZ    why?';

describe('whether an output is believed', () => {
  test('for one value, the data of the others does not matter', () => {
    expect(certain('on', '    on    REG_DWORD    0x1', LOSSY, DEFAULT)).toBe(true);
    expect(certain('t', '    on    REG_DWORD    0x1', LOSSY)).toBe(false);
    expect(certain(undefined, '    on    REG_DWORD    0x1', LOSSY)).toBe(false);
  });

  test('an absent value needs names that can be believed, not data', () => {
    expect(certain('off', LOSSY, DEFAULT, '    m    REG_MULTI_SZ    a\\0b')).toBe(true);
    expect(certain('off', '    o?f    REG_DWORD    0x1')).toBe(false);
    expect(certain('x    REG_SZ    y', '    x    REG_SZ    y    REG_SZ    p')).toBe(false);
    expect(certain('off', '    t    REG_SZ    one', 'two')).toBe(false);
  });

  test('the unnamed value and names in parentheses are not told apart', () => {
    expect(certain('', DEFAULT)).toBe(false);
    expect(certain('(Standard)', DEFAULT)).toBe(false);
    expect(certain('', '    on    REG_DWORD    0x1')).toBe(true);
  });

  test('names of subkeys matter unless one value was asked for', () => {
    const child = `${KEY}\\Gr\x81\xe1e`;
    expect(certain(undefined, '', child)).toBe(false);
    expect(certain('on', '    on    REG_DWORD    0x1', '', child)).toBe(true);
  });
});
