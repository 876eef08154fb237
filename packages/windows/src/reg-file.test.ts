import { describe, expect, test } from '@jest/globals';
import type { RegistryData, RegistryWrite } from '@ratchet/core';
import fc from 'fast-check';
import { canonicalPath, samePath } from './path.js';
import { decodeReg, encodeReg, regBytes } from './reg-file.js';

const hex = fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes).toString('hex'));
const text = fc.oneof(fc.string(), fc.constantFrom('a\nb', 'x\r\n[y]', 'a\0b', 'C:\\dir\\', '"', 'Grüße 日本'));
const item = fc.string({ minLength: 1 }).filter((one) => !one.includes('\0'));
const data: fc.Arbitrary<RegistryData> = fc.oneof(
  fc.record({ type: fc.constantFrom('REG_SZ' as const, 'REG_EXPAND_SZ' as const), text }),
  fc.record({ type: fc.constant('REG_DWORD' as const), number: fc.integer({ min: 0, max: 0xffffffff }) }),
  fc.record({ type: fc.constant('REG_QWORD' as const), number: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }) }),
  fc.record({ type: fc.constant('REG_MULTI_SZ' as const), items: fc.array(item) }),
  fc.record({ type: fc.constantFrom('REG_BINARY' as const, 'REG_NONE' as const), hex }),
  fc.record({ type: fc.constant('other' as const), typeNumber: fc.integer({ min: 12, max: 0xffff }), hex }),
);
const name = fc.oneof(fc.constantFrom('', 'a b', '%PATH%', 'say "x"', 'ends\\', 'ü'), fc.stringMatching(/^[ -~]*$/));
const path = fc
  .array(fc.stringMatching(/^[!-Z^-~][ -Z^-~]{0,8}$/), { minLength: 1, maxLength: 3 })
  .map((parts) => ['HKEY_LOCAL_MACHINE', ...parts].join('\\'));
const write: fc.Arbitrary<RegistryWrite> = fc.oneof(
  fc.record({ op: fc.constant('set' as const), path, name, data }),
  fc.record({ op: fc.constant('delete-value' as const), path, name }),
  fc.record({ op: fc.constantFrom('create-key' as const, 'delete-key' as const), path }),
);

// A key's line makes the key, so decoding tells of it even where only a value was written.
const withoutKeys = (writes: readonly RegistryWrite[]): RegistryWrite[] =>
  writes.filter(({ op }) => op !== 'create-key');

describe('the .reg codec', () => {
  test('what was encoded comes back, as text and as bytes', () => {
    fc.assert(
      fc.property(fc.array(write), (writes) => {
        const encoded = encodeReg(writes, ['a comment']);
        expect(withoutKeys(decodeReg(encoded))).toEqual(withoutKeys(writes));
        expect(decodeReg(regBytes(encoded))).toEqual(decodeReg(encoded));
      }),
    );
  });

  test('what is no .reg is refused', () => {
    expect(() => decodeReg('Windows Registry Editor Version 5.00\r\n\r\n[HKEY_USERS\\x]\r\n"a"=wrong\r\n')).toThrow(
      '.reg',
    );
    expect(() => decodeReg('')).toThrow();
  });
});

describe('registry paths', () => {
  test.each([
    ['HKLM\\SOFTWARE\\x', 'HKEY_LOCAL_MACHINE\\SOFTWARE\\x'],
    ['hklm:\\a/b', 'HKEY_LOCAL_MACHINE\\a/b'],
    ['HKEY_USERS\\S-1', 'HKEY_USERS\\S-1'],
    ['HKCU:\\Wow6432Node', 'HKEY_CURRENT_USER\\Wow6432Node'],
  ])('%s', (typed, canonical) => expect(canonicalPath(typed)).toBe(canonical));

  test('an empty part is refused with a hint about quotes', () => {
    expect(() => canonicalPath('HKLM\\Ciphers\\')).toThrow('empty part');
    expect(() => canonicalPath('SOFTWARE\\x')).toThrow('hive');
    expect(samePath('HKEY_USERS\\A', 'HKEY_USERS\\a')).toBe(true);
  });
});
