import { describe, expect, test } from '@jest/globals';
import type { ActionContext } from '@ratchet/core';
import { FakeFiles } from './fake-files.js';
import { FakeHost } from './fake-host.js';
import { file } from './file.js';
import { wantedMode } from './file-mode.js';
import { fileTime } from './file-time.js';
import { fakeActionContext } from './task.js';

const run = (files: FakeFiles, given: object, context: Partial<ActionContext> = {}) =>
  file.run(file.params.parse(given), new FakeHost({ kind: 'local', files }), { ...fakeActionContext(), ...context });

describe('modes', () => {
  const at = (mode: number, directory = false) => ({ mode, directory });
  test.each([
    [420, 0o600, 0o644],
    ['0644', 0, 0o644],
    ['1777', 0, 0o1777],
    ['u+x,g=r', 0o600, 0o740],
    ['u=rwX,g=rX,o=', 0o755, 0o750],
    ['u=rwX,g=rX,o=', 0o644, 0o640],
    ['a-w', 0o666, 0o444],
    ['+x', 0o644, 0o755],
    ['g=u', 0o640, 0o660],
    ['u+s,o+t', 0o755, 0o5755],
    ['go-rwx', 0o777, 0o700],
  ])('%s on %o', (wanted, before, expected) => {
    expect(wantedMode(wanted, at(before))).toBe(expected);
  });
  test('X is for folders too', () => expect(wantedMode('a+X', at(0o600, true))).toBe(0o711));
  test.each(['u+q', '0899', 'rwx', -1])('%s is none', (wanted) => {
    expect(wantedMode(wanted, at(0))).toBeUndefined();
  });
});

test('times are read as their format says', () => {
  expect(fileTime('202001020304.05', '%Y%m%d%H%M.%S', 0)).toBe(new Date(2020, 0, 2, 3, 4, 5).getTime() / 1000);
  expect(fileTime('preserve', '', 0)).toBe('keep');
  expect(fileTime('now', '', 7)).toBe(7);
  expect(() => fileTime('x', '%Y', 0)).toThrow('using format %Y');
});

// What ansible-core 2.14 answered to the same tasks.
describe('file', () => {
  test('a folder with those above it; again nothing', async () => {
    const files = new FakeFiles();
    const given = { path: '/a/b', state: 'directory', mode: '0750' };
    expect(await run(files, given)).toMatchObject({ changed: true, values: { path: '/a/b', mode: '0750' } });
    expect(files.entries.get('/a')?.mode).toBe(0o750);
    expect(await run(files, given)).toMatchObject({ changed: false, values: { diff: { before: { path: '/a/b' } } } });
  });
  test('check mode tells and touches nothing', async () => {
    const files = new FakeFiles({ '/f': 'x' });
    const check = { checkMode: true };
    expect(await run(files, { path: '/d', state: 'directory' }, check)).toMatchObject({ changed: true });
    expect(await run(files, { path: '/t', state: 'touch' }, check)).toMatchObject({ changed: true });
    expect(await run(files, { path: '/f', state: 'absent' }, check)).toMatchObject({ changed: true });
    expect(await run(files, { path: '/f', mode: '0600' }, check)).toMatchObject({
      changed: true,
      values: { diff: { before: { mode: '0644' }, after: { mode: '0600' } } },
    });
    expect([...files.entries.keys()]).toEqual(['/', '/f']);
    expect(files.entries.get('/f')?.mode).toBe(0o644);
  });
  test('what is something else is not replaced', async () => {
    const files = new FakeFiles({ '/f': 'x' });
    expect(await run(files, { path: '/f', state: 'directory' })).toMatchObject({
      failed: true,
      msg: '/f already exists as a file',
    });
    expect(await run(files, { path: '/no', state: 'file' })).toMatchObject({
      failed: true,
      msg: 'file (/no) is absent, cannot continue',
    });
    expect(await run(files, { path: '/f', src: '/', state: 'link' })).toMatchObject({
      failed: true,
      msg: 'refusing to convert from file to symlink for /f',
    });
  });
  test('links: made, kept, led elsewhere; a source that is missing needs force', async () => {
    const files = new FakeFiles({ '/f': 'x' });
    const link = { path: '/l', src: '/f', state: 'link' };
    expect(await run(files, link)).toMatchObject({ changed: true, values: { dest: '/l', src: '/f' } });
    expect(await run(files, link)).toMatchObject({ changed: false });
    expect(await run(files, { ...link, src: '/no' })).toMatchObject({ failed: true });
    expect(await run(files, { ...link, src: '/no', force: true })).toMatchObject({
      changed: true,
      values: { diff: { before: { src: '/f' }, after: { src: '/no' } } },
    });
  });
  test('absent removes a folder with all in it, and is content without it', async () => {
    const files = new FakeFiles({ '/d/x': '', '/d/e/y': '' });
    expect(await run(files, { path: '/d', state: 'absent' })).toMatchObject({
      changed: true,
      values: { diff: { before: { path_content: { directories: ['/d/e'], files: ['/d/e/y', '/d/x'] } } } },
    });
    expect([...files.entries.keys()]).toEqual(['/']);
    expect(await run(files, { path: '/d', state: 'absent' })).toEqual({ values: { path: '/d', state: 'absent' } });
  });
  test('recurse reaches everything', async () => {
    const files = new FakeFiles({ '/d/e/y': '' });
    expect(await run(files, { path: '/d', recurse: true, mode: 'u=rwX,go=' })).toMatchObject({ changed: true });
    expect(files.entries.get('/d/e')?.mode).toBe(0o700);
    expect(files.entries.get('/d/e/y')?.mode).toBe(0o600);
  });
  test('an unknown owner is named', async () => {
    expect(await run(new FakeFiles({ '/f': '' }), { path: '/f', owner: 'nosuch' })).toMatchObject({
      failed: true,
      msg: 'chown failed: failed to look up user nosuch',
      values: { path: '/f', mode: '0644' },
    });
  });
  test('parameters that do not go together are refused', () => {
    for (const given of [{ state: 'file', recurse: true }, { src: '/x' }, { state: 'hard' }])
      expect(file.params.safeParse({ path: '/f', ...given }).success).toBe(false);
  });
});
