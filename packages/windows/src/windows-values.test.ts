import { describe, expect, test } from '@jest/globals';
import type { RegistryKey } from '@ratchet/core';
import { versionFrom } from './windows-values.js';
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
    expect(versionFrom(key({ processor_architecture: 'x86' }), key({ CurrentBuild: '7601' }), place)).toEqual({
      architecture: 'x86',
      is64Bit: false,
      build: 7601,
      ubr: 0,
      productName: '',
      version: '6.1',
    });
  });

  test.each([
    ['PROCESSOR_ARCHITECTURE', null, key({ CurrentBuild: '9600' })],
    ['CurrentBuild', key({ PROCESSOR_ARCHITECTURE: 'AMD64' }), null],
    ['CurrentBuild', key({ PROCESSOR_ARCHITECTURE: 'AMD64' }), key({ CurrentBuild: 'new' })],
  ])('without %s it is an error', (name, environment, current) => {
    expect(() => versionFrom(environment, current, place)).toThrow(name);
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
