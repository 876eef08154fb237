import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Templar } from './index.js';
import { failure, template, vars } from './test-templar.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ratchet-lookups-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const finish = (text: string) =>
  new Templar(vars({}), { searchRoots: () => [join(folder, 'role'), folder] }).finish(template(text));

describe('files that lookups read', () => {
  test.each(['file', 'template'])('%s refuses a vault instead of giving what is encrypted', (lookup) => {
    writeFileSync(join(folder, 'v'), '$ANSIBLE_VAULT;1.1;AES256\n6162\n');
    const error = failure(() => finish(`{{ lookup("${lookup}", "v") }}`));
    expect(error.code).toBe('not-supported');
    expect(error.message).toContain('is a vault');
  });

  test('what is no UTF-8 is refused instead of being changed', () => {
    writeFileSync(join(folder, 'b'), Buffer.from([0xff, 0xfe, 0x00]));
    expect(failure(() => finish('{{ lookup("file", "b") | b64encode }}')).code).toBe('not-supported');
  });

  test('a byte order mark stays, as in Ansible', () => {
    writeFileSync(join(folder, 'bom'), '\ufeffx');
    expect(finish('{{ lookup("file", "bom") }}')).toBe('\ufeffx');
  });
});

describe('the lookup password', () => {
  test('is kept in the playbook folder, for nobody else to read', () => {
    const made = finish('{{ lookup("password", "sub/pw length=7") }}');
    const path = join(folder, 'sub/pw');
    expect(readFileSync(path, 'utf8')).toBe(`${String(made)}\n`);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(finish('{{ lookup("password", "sub/pw") }}')).toBe(made);
  });

  test('an empty file is a password that is empty, and is not written over', () => {
    writeFileSync(join(folder, 'pw'), '');
    expect(finish('{{ lookup("password", "pw") }}')).toBe('');
  });

  test('a path that cannot be read or made is an error with its path', () => {
    mkdirSync(join(folder, 'pw'));
    writeFileSync(join(folder, 'plain'), '');
    for (const name of ['pw', 'plain/pw']) {
      const error = failure(() => finish(`{{ lookup("password", "${name}") }}`));
      expect(error.code).toBe('file-unreadable');
      expect(error.message).toContain(join(folder, name));
    }
  });
});
