import { describe, expect, test } from '@jest/globals';
import { encodeReg } from '@ratchet/windows';
import { parseRegFile } from '../embedded/reg-file.js';

import { PREREQUISITES, seedWrites } from './seed.js';
import { OS_NAMES } from './windows-version.js';

const options = { os: '2012r2', arch: 'x64', without: [], reboots: 0 } as const;
const written = (writes: ReturnType<typeof seedWrites>, name: string) =>
  writes.find((write) => write.op === 'set' && write.name === name);

describe('seedWrites', () => {
  test('2012 R2 by default has its build and its update, installed', () => {
    const writes = seedWrites(options);
    expect(written(writes, 'CurrentBuild')).toMatchObject({ data: { text: '9600' } });
    expect(written(writes, 'CurrentState')).toMatchObject({
      path: expect.stringContaining('Package_for_KB3154520~31bf3856ad364e35~amd64~~6.3.1.1'),
      data: { number: 0x70 },
    });
  });

  test('BootId rises with each reboot', () => {
    expect(written(seedWrites({ ...options, reboots: 2 }), 'BootId')).toMatchObject({ data: { number: 3 } });
  });

  test('x86 says so and has no 32-bit view', () => {
    const writes = seedWrites({ ...options, arch: 'x86' });
    expect(written(writes, 'PROCESSOR_ARCHITECTURE')).toMatchObject({ data: { text: 'x86' } });
    expect(writes.some(({ path }) => path.includes('Wow6432Node'))).toBe(false);
  });

  test('each prerequisite can be left out', () => {
    const all = encodeReg(seedWrites(options));
    for (const left of PREREQUISITES) expect(encodeReg(seedWrites({ ...options, without: [left] }))).not.toBe(all);
    expect(written(seedWrites({ ...options, without: ['sshd-auto'] }), 'Start')).toMatchObject({ data: { number: 3 } });
  });

  test('the .reg text of every Windows reads back as the same writes', () => {
    for (const os of OS_NAMES) {
      const writes = seedWrites({ ...options, os });
      expect(parseRegFile(Buffer.from(`\uFEFF${encodeReg(writes)}`, 'utf16le'))).toEqual(
        expect.arrayContaining(writes),
      );
    }
  });
});
