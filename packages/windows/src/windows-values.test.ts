import { describe, expect, test } from '@jest/globals';
import type { RegistryKey } from '@ratchet/core';
import { architectureIn, architectureOf, versionFrom } from './windows-values.js';
import { versionOfBuild } from './windows-version.js';

const place = { at: 'host', host: 'win1' } as const;
const key = (values: Readonly<Record<string, string | number>>): RegistryKey => ({
  path: 'HKEY_LOCAL_MACHINE\\x',
  subkeys: [],
  values: Object.entries(values).map(([name, value]) => ({
    name,
    data: typeof value === 'number' ? { type: 'REG_DWORD', number: value } : { type: 'REG_SZ', text: value },
  })),
});

describe('the version of Windows', () => {
  test('comes from the build; a missing UBR is 0', () => {
    expect(versionFrom('x86', key({ CurrentBuild: '7601' }), place)).toEqual({
      architecture: 'x86',
      is64Bit: false,
      build: 7601,
      ubr: 0,
      productName: '',
      version: '6.1',
    });
  });

  test.each([
    ['PROCESSOR_ARCHITECTURE', '', key({ CurrentBuild: '9600' })],
    ['CurrentBuild', 'AMD64', null],
    ['CurrentBuild', 'AMD64', key({ CurrentBuild: 'new' })],
  ])('without %s it is an error', (name, architecture, current) => {
    expect(() => versionFrom(architecture, current, place)).toThrow(name);
  });

  test.each([
    ['AMD64 %PROCESSOR_ARCHITEW6432%', 'AMD64', 'a process of 64-bit Windows'],
    ['x86 %PROCESSOR_ARCHITEW6432%', 'x86', 'a process of 32-bit Windows'],
    ['x86 AMD64', 'AMD64', 'a 32-bit process on 64-bit Windows'],
    ['AMD64 ', 'AMD64', 'a script, where what is not set is nothing'],
    ['%PROCESSOR_ARCHITECTURE% %PROCESSOR_ARCHITEW6432%', '', 'a session without them'],
    ['', '', 'nothing'],
  ])('%j is %j: %s', (printed, architecture) => {
    expect(architectureIn(`\r\n${printed}\r\n`)).toBe(architecture);
  });

  test('the key of the environment tells the architecture, too', () => {
    expect(architectureOf(key({ processor_architecture: 'x86' }))).toBe('x86');
    expect(architectureOf(null)).toBe('');
  });

  test.each([
    [6003, '6.0'],
    [7601, '6.1'],
    [9200, '6.2'],
    [9600, '6.3'],
    [10240, '10.0'],
    [26100, '10.0'],
  ])('build %d is %s', (build, version) => expect(versionOfBuild(build)).toBe(version));
});
