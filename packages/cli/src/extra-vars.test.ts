import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { RatchetError, Template } from '@ratchet/core';
import { collectExtraVars, parseExtraVars } from './extra-vars.js';

const plain = async (text: string) => Object.fromEntries(await parseExtraVars(text));

const codeOf = async (text: string): Promise<string> => {
  const error = await parseExtraVars(text).catch((thrown: unknown) => thrown);
  return error instanceof RatchetError ? error.code : 'no error';
};

describe('-e', () => {
  test('C63: a pair is text, JSON has types', async () => {
    expect(await plain('do_reboot=false')).toEqual({ do_reboot: 'false' });
    expect(await plain('do_reboot=no')).toEqual({ do_reboot: 'no' });
    expect(await plain('{"do_reboot": false}')).toEqual({ do_reboot: false });
  });

  test('takes several pairs, quotes, and an equals sign in a value', async () => {
    expect(await plain(`a=1 b='two words' c="it's" d=x=y e=`)).toEqual({
      a: '1',
      b: 'two words',
      c: "it's",
      d: 'x=y',
      e: '',
    });
  });

  test('reads escapes, as Ansible does', async () => {
    expect(await plain(String.raw`a="C:\\temp\n" b=\x41 c=it\'s d="a\"b" e=C:\dir`)).toEqual({
      a: 'C:\\temp\n',
      b: 'A',
      c: "it's",
      d: 'a"b',
      e: 'C:\\dir',
    });
    expect(await codeOf(String.raw`a="x\\"`)).toBe('option-invalid');
  });

  test('keeps a template with its place', async () => {
    const vars = await parseExtraVars('a=1 b={{ a + 1 }}');
    const value = vars.get('b');
    expect(value).toBeInstanceOf(Template);
    expect((value as Template).text).toBe('{{ a + 1 }}');
    expect((value as Template).position.offset).toBe(6);
  });

  test('reads YAML flow mappings and files, and a later -e wins', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ratchet-cli-'));
    try {
      const file = join(folder, 'vars.yml');
      await writeFile(file, 'a: 1\nb: yes\n');
      const vars = await collectExtraVars([`@${file}`, '{a: two}']);
      expect(Object.fromEntries(vars)).toEqual({ a: 'two', b: true });
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test('refuses what is no mapping, with the documented codes', async () => {
    expect(await codeOf('[1, 2]')).toBe('option-invalid');
    expect(await codeOf('lonely')).toBe('option-invalid');
    expect(await codeOf('@/no/such/file.yml')).toBe('file-not-found');
    expect(await codeOf('{"a": ')).toBe('yaml-syntax');
  });
});
