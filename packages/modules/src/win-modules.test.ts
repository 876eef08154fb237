import { describe, expect, test } from '@jest/globals';
import type { ActionContext, FileStatus } from '@ratchet/core';
import { FakeFiles } from './fake-files.js';
import { FakeHost } from './fake-host.js';
import { fakeActionContext, nothingThere } from './task.js';
import { winCopy } from './win-copy.js';
import { winFile } from './win-file.js';
import { type told, winRegStat } from './win-reg-stat.js';
import { winStat } from './win-stat.js';
import { winTemplate } from './win-template.js';

const context = fakeActionContext();

describe('win_file', () => {
  const files = new FakeFiles({ '/w/f': 'x' });
  const host = new FakeHost({ files });
  const run = (given: object, more: Partial<ActionContext> = {}) =>
    winFile.run(winFile.params.parse(given), host, { ...context, ...more });
  test('as ansible.windows', async () => {
    expect(await run({ path: '/w/a/b', state: 'directory' })).toEqual({ changed: true });
    expect(await run({ path: '/w/a/b', state: 'directory' })).toEqual({ changed: false });
    expect(await run({ path: '/w/f', state: 'directory' })).toMatchObject({ msg: 'path /w/f is not a directory' });
    expect(await run({ path: '/w/no' })).toMatchObject({ failed: true, msg: 'path /w/no will not be created' });
    expect(await run({ path: '/w/a', state: 'file' })).toMatchObject({ msg: 'path /w/a is not a file' });
    expect(await run({ path: '/w/a', state: 'absent' }, { checkMode: true })).toEqual({ changed: true });
    expect(files.entries.has('/w/a')).toBe(true);
    expect(await run({ path: '/w/a', state: 'absent' })).toEqual({ changed: true });
    expect(await run({ path: '/w/a', state: 'absent' })).toEqual({ changed: false });
    expect(await run({ path: '/w/t', state: 'touch' })).toEqual({ changed: true });
    expect(await run({ path: '/w/t', state: 'touch' })).toEqual({ changed: true });
    expect(host.commands).toEqual(['copy /y /b "/w/t"+,, "/w/t"']);
  });
});

test('win_stat reads the letters of cmd.exe', async () => {
  const files = new FakeFiles({ '/f.tar.gz': 'hey\n' });
  const found = (await files.status('/f.tar.gz', true)) as FileStatus;
  files.status = async (path) => (path === '/no' ? null : { ...found, attributes: '-rah-----', mtime: 5 });
  const run = (given: object) => winStat.run(winStat.params.parse(given), new FakeHost({ files }), context);
  expect((await run({ path: '/f.tar.gz' })).values?.['stat']).toEqual({
    exists: true,
    path: '/f.tar.gz',
    isdir: false,
    isreg: true,
    islnk: false,
    isjunction: false,
    isarchive: true,
    ishidden: true,
    isreadonly: true,
    attributes: 'ReadOnly, Hidden, Archive',
    filename: 'f.tar.gz',
    extension: '.gz',
    lastwritetime: 5,
    lastaccesstime: 0,
    size: 4,
    checksum: '7aea02175315cd3541b03ffe78aa1ccc40d2e98a',
  });
  expect((await run({ path: '/no' })).values).toEqual({ stat: { exists: false } });
});

test('win_copy and win_template, with Windows’ fields and line ends', async () => {
  const here = new FakeFiles({ '/play/a.txt': 'hello\n' });
  const near: ActionContext = {
    ...context,
    findFile: (_folder, name) => `/play/${name}`,
    controller: { ...nothingThere.controller, files: here, render: (text) => text },
  };
  const files = new FakeFiles({ '/w/x': '' });
  const host = new FakeHost({ files });
  expect(await winCopy.run(winCopy.params.parse({ src: 'a.txt', dest: '/w/' }), host, near)).toMatchObject({
    changed: true,
    values: { operation: 'file_copy', original_basename: 'a.txt', dest: '/w/a.txt', size: 6 },
  });
  expect(await winCopy.run(winCopy.params.parse({ content: 'y', dest: '/w/x' }), host, near)).toMatchObject({
    changed: true,
  });
  await winTemplate.run(winTemplate.params.parse({ src: 'a.txt', dest: '/w/t' }), host, near);
  expect(files.text('/w/t')).toBe('hello\r\n');
});

describe('win_reg_stat', () => {
  const KEY = 'HKEY_LOCAL_MACHINE\\SOFTWARE\\X';
  const host = new FakeHost({ command: () => ({ rc: 0, stdout: 'SystemRoot=C:\\Windows\r\n', stderr: '' }) });
  const put = (name: string, data: Parameters<typeof told>[0]) => host.put({ op: 'set', path: KEY, name, data });
  put('', { type: 'REG_SZ', text: 'd' });
  put('e', { type: 'REG_EXPAND_SZ', text: '%SYSTEMROOT%\\x %NOPE%' });
  put('n', { type: 'REG_DWORD', number: 4294967295 });
  put('b', { type: 'REG_BINARY', hex: '01ff' });
  put('m', { type: 'REG_MULTI_SZ', items: ['a', 'b'] });
  host.put({ op: 'create-key', path: `${KEY}\\Sub` });
  const run = async (given: object) => (await winRegStat.run(winRegStat.params.parse(given), host, context)).values;
  test('a key with everything in it', async () => {
    expect(await run({ path: 'HKLM:\\SOFTWARE\\X' })).toEqual({
      exists: true,
      sub_keys: ['Sub'],
      properties: {
        '': { raw_value: 'd', type: 'REG_SZ', value: 'd' },
        e: { raw_value: '%SYSTEMROOT%\\x %NOPE%', type: 'REG_EXPAND_SZ', value: 'C:\\Windows\\x %NOPE%' },
        n: { raw_value: 4294967295, type: 'REG_DWORD', value: 4294967295 },
        b: { raw_value: ['0x01', '0xff'], type: 'REG_BINARY', value: [1, 255] },
        m: { raw_value: ['a', 'b'], type: 'REG_MULTI_SZ', value: ['a', 'b'] },
      },
    });
  });
  test('one value, and what is not there', async () => {
    expect(await run({ path: 'HKLM:\\SOFTWARE\\X', name: 'n' })).toMatchObject({ exists: true, value: 4294967295 });
    expect(await run({ path: 'HKLM:\\SOFTWARE\\X', name: 'no' })).toEqual({ exists: false });
    expect(await run({ path: 'HKLM:\\SOFTWARE\\No' })).toEqual({ exists: false });
    expect(winRegStat.params.safeParse({ path: 'HKLM\\SOFTWARE' }).success).toBe(false);
  });
});
