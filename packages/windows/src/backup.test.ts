import { describe, expect, test } from '@jest/globals';
import type { Change } from '@ratchet/core';
import { backupFile } from './backup.js';
import { decodeReg } from './reg-file.js';

const KEY = 'HKEY_LOCAL_MACHINE\\SOFTWARE\\Try';
const one = { type: 'REG_DWORD', number: 1 } as const;
const two = { type: 'REG_DWORD', number: 2 } as const;
const textOf = (changes: readonly Change[]): string => Buffer.from(backupFile(changes)).toString('utf16le');
const change = (name: string, before: typeof one | typeof two | null): Change => ({
  kind: 'registry-value',
  path: KEY,
  name,
  before,
  after: one,
  restart: false,
});

describe('the backup', () => {
  test('is UTF-16LE with a byte order mark and names the command that restores it', () => {
    expect([...backupFile([change('a', two)]).subarray(0, 2)]).toEqual([0xff, 0xfe]);
    expect(textOf([change('a', two)])).toContain('reg import');
  });

  test('restores the data that was there, and removes what was absent', () => {
    const text = textOf([change('was', two), change('absent', null), change('', null)]);
    expect(text).toContain('"was"=dword:00000002\r\n');
    expect(text).toContain('"absent"=-\r\n');
    expect(text).toContain('@=-\r\n');
  });

  test('of two changes to one value the first state is restored last', () => {
    const writes = decodeReg(backupFile([change('a', null), change('a', two)])).filter(({ op }) => op !== 'create-key');
    expect(writes.map(({ op }) => op)).toEqual(['set', 'delete-value']);
  });

  test('a key that the run creates is only listed in a comment', () => {
    const text = textOf([
      { kind: 'registry-key', path: KEY, before: 'absent', after: 'present', creates: [KEY], restart: false },
    ]);
    expect(text).toContain(`; created by the run: ${KEY}`);
    expect(text).not.toContain('[');
  });

  test('lists the keys that a value brings with it once, and no key that was there', () => {
    const creates = [`${KEY}\\New`, `${KEY}\\New\\Client`];
    const made = (name: string): Change => ({
      kind: 'registry-value',
      path: `${KEY}\\New\\Client`,
      name,
      before: null,
      after: one,
      creates,
      restart: false,
    });
    const text = textOf([change('was', two), made('a'), made('b')]);
    const listed = [...text.matchAll(/; created by the run: (\S+)/g)].map((match) => match[1]);
    expect(listed).toEqual(creates);
  });

  test('nothing to restore is an empty file', () => {
    expect(backupFile([{ kind: 'command', command: 'x', restart: false }])).toHaveLength(0);
  });
});
