import { describe, expect, test } from '@jest/globals';
import type { ActionContext } from '@ratchet/core';
import { copy } from './copy.js';
import { FakeFiles } from './fake-files.js';
import { FakeHost } from './fake-host.js';
import { fetch } from './fetch.js';
import { slurp } from './slurp.js';
import { stat } from './stat.js';
import { fakeActionContext, nothingThere } from './task.js';
import { tempfile } from './tempfile.js';
import { template } from './template.js';
import { encodeText } from './text-encoding.js';

const here = new FakeFiles({
  '/play/files/a.txt': 'hello\n',
  '/play/files/tree/x': '1',
  '/play/files/tree/sub/y': '2',
  '/play/files/vault': '$ANSIBLE_VAULT;1.1;AES256\n',
  '/play/files/secrets/vault': '$ANSIBLE_VAULT;1.1;AES256\n',
  '/play/templates/vault': '$ANSIBLE_VAULT;1.1;AES256\n',
  '/play/templates/latin1.j2': Buffer.from('\xfc', 'latin1'),
  '/play/templates/t.j2': 'a\r\n',
});

const contextWith = (more: Partial<ActionContext> = {}): ActionContext => ({
  ...fakeActionContext(),
  playbookFolder: '/play',
  findFile: (folder, name) => {
    const path = `/play/${folder}/${name.replace(/\/$/, '')}`;
    return here.entries.has(path) ? path : undefined;
  },
  searched: (folder, name) => [`/play/${folder}/${name}`],
  variable: (name) => (name === 'inventory_hostname' ? 'web01' : undefined),
  controller: {
    ...nothingThere.controller,
    files: here,
    render: (text, path, { variables }) => `${text}${path} ${variables?.['ansible_managed']}\n`,
  },
  ...more,
});

const hostWith = (files: FakeFiles, kind: 'local' | 'ssh' = 'local') =>
  new FakeHost({ kind, files, command: (line) => ({ rc: /zzz/.test(line) ? 1 : 0, stdout: '', stderr: '' }) });

const run = (files: FakeFiles, given: object, more: Partial<ActionContext> = {}) =>
  copy.run(copy.params.parse(given), hostWith(files), contextWith(more));

describe('copy', () => {
  test('a file, then nothing, then only its permissions', async () => {
    const files = new FakeFiles();
    expect(await run(files, { src: 'a.txt', dest: '/a' })).toMatchObject({
      changed: true,
      values: { dest: '/a', mode: '0644', checksum: 'f572d396fae9206628714fb2ce00f72e94f2258f', size: 6, diff: [] },
    });
    expect(await run(files, { src: 'a.txt', dest: '/a' })).toMatchObject({ changed: false });
    expect(await run(files, { src: 'a.txt', dest: '/a', mode: '0600' })).toMatchObject({
      changed: true,
      values: { diff: { before: { mode: '0644' }, after: { mode: '0600' } } },
    });
  });
  test('into a folder, and into one that a slash asks for', async () => {
    const files = new FakeFiles({ '/d/x': '' });
    expect(await run(files, { src: 'a.txt', dest: '/d' })).toMatchObject({ values: { dest: '/d/a.txt' } });
    expect(await run(files, { src: 'a.txt', dest: '/n/m/' })).toMatchObject({ values: { dest: '/n/m/a.txt' } });
    expect(await run(files, { src: 'a.txt', dest: '/no/such/x' })).toMatchObject({
      failed: true,
      msg: 'Destination directory /no/such does not exist',
    });
    expect(await run(files, { content: 'x', dest: '/d' })).toMatchObject({
      failed: true,
      msg: 'can not use content with a dir as dest',
    });
  });
  test('content of any type; force and backup', async () => {
    const files = new FakeFiles();
    await run(files, { content: { a: [1, 'ü', true, null] }, dest: '/c' });
    expect(files.text('/c')).toBe('{"a": [1, "\\u00fc", true, null]}');
    expect(await run(files, { content: 'y', dest: '/c', force: false })).toMatchObject({ changed: false });
    const end = await run(files, { content: 'y', dest: '/c', backup: true });
    expect(files.text(String(end.values?.['backup_file']))).toContain('"a"');
    expect(files.text('/c')).toBe('y');
  });
  test('folders, with and without their name', async () => {
    const files = new FakeFiles();
    expect(await run(files, { src: 'tree', dest: '/o' })).toMatchObject({ changed: true, values: { dest: '/o/' } });
    expect(files.text('/o/tree/sub/y')).toBe('2');
    const inside = { src: 'tree/', dest: '/p', mode: '0600', directory_mode: '0700' };
    expect(await run(files, inside)).toMatchObject({ changed: true });
    expect(files.entries.get('/p/sub')?.mode).toBe(0o700);
    expect(files.entries.get('/p/x')?.mode).toBe(0o600);
    expect(await run(files, inside)).toMatchObject({ changed: false });
  });
  test('check mode and diff', async () => {
    const files = new FakeFiles({ '/a': 'old\n' });
    expect(await run(files, { src: 'a.txt', dest: '/a' }, { checkMode: true, diffMode: true })).toMatchObject({
      changed: true,
      values: { diff: [{ before: 'old\n', after: 'hello\n', before_header: '/a' }] },
    });
    await run(files, { src: 'tree', dest: '/t' }, { checkMode: true });
    expect(files.text('/a')).toBe('old\n');
    expect(files.entries.has('/t')).toBe(false);
  });
  test('a file that the command does not accept stays away', async () => {
    const files = new FakeFiles({ '/tmp/x': '' });
    expect(await run(files, { src: 'a.txt', dest: '/v', validate: 'grep zzz %s' })).toMatchObject({
      failed: true,
      msg: 'failed to validate',
      values: { exit_status: 1 },
    });
    expect([...files.entries.keys()].sort()).toEqual(['/', '/tmp', '/tmp/x']);
  });
  test('what is nowhere is told with where it was looked for; a vault is not copied by mistake', async () => {
    expect((await run(new FakeFiles(), { src: 'no', dest: '/x' })).msg).toContain('Searched in:\n\t/play/files/no');
    for (const src of ['vault', 'secrets']) {
      const files = new FakeFiles({ '/d/x': '' });
      await expect(run(files, { src, dest: '/d' })).rejects.toMatchObject({ code: 'not-supported' });
      expect(files.text('/d/vault')).toBeUndefined();
    }
    const onHost = new FakeFiles({ '/v': '$ANSIBLE_VAULT;1.1;AES256\n' });
    expect(await run(onHost, { src: '/v', dest: '/x', remote_src: true })).toMatchObject({ changed: true });
    expect(await run(new FakeFiles(), { src: 'vault', dest: '/x', decrypt: false })).toMatchObject({ changed: true });
  });
  test('within the host', async () => {
    const files = new FakeFiles({ '/f': 'x' });
    expect(await run(files, { src: '/f', dest: '/g', remote_src: true })).toMatchObject({ changed: true });
    expect(await run(files, { src: '/no', dest: '/g', remote_src: true })).toMatchObject({
      msg: 'Source /no not found',
    });
  });
});

test('template renders, ends lines as asked, and names itself', async () => {
  const files = new FakeFiles({ '/d/x': '' });
  const given = template.params.parse({ src: 't.j2', dest: '/d', newline_sequence: '\\r\\n' });
  expect(await template.run(given, hostWith(files), contextWith())).toMatchObject({ changed: true });
  expect(files.text('/d/t.j2')).toBe('a\r\n/play/templates/t.j2 Ansible managed\r\n');
  expect(template.params.safeParse({ src: 'a', dest: 'b', output_encoding: 'ebcdic' }).success).toBe(false);
  expect([...encodeText('é', 'utf-16')]).toEqual([0xff, 0xfe, 0xe9, 0]);
  expect([...encodeText('é', 'latin-1')]).toEqual([0xe9]);
});

test.each(['vault', 'latin1.j2'])('template refuses %s, which would reach the host as something else', async (src) => {
  const files = new FakeFiles({ '/d/x': '' });
  const given = template.params.parse({ src, dest: '/d/made' });
  await expect(template.run(given, hostWith(files), contextWith())).rejects.toMatchObject({ code: 'not-supported' });
  expect(files.entries.has('/d/made')).toBe(false);
});

test('fetch: below the host’s name, or flat; never out of its folder', async () => {
  const files = new FakeFiles({ '/etc/f': 'x' });
  const bring = (given: object) =>
    fetch.run(fetch.params.parse({ src: '/etc/../etc/f', ...given }), hostWith(files), contextWith());
  files.entries.set('/etc/../etc/f', files.entries.get('/etc/f') as never);
  expect(await bring({ dest: 'out' })).toMatchObject({
    changed: true,
    values: { dest: '/play/out/web01/etc/etc/f', remote_md5sum: null },
  });
  expect(await bring({ dest: 'out' })).toMatchObject({ changed: false });
  expect(await bring({ dest: '/flat/', flat: true })).toMatchObject({ values: { dest: '/flat/f' } });
  const none = { src: '/no', dest: 'out' };
  expect(await bring(none)).toMatchObject({ failed: true });
  expect(await bring({ ...none, fail_on_missing: false })).toMatchObject({ values: { file: '/no' } });
});

test('stat, slurp and tempfile', async () => {
  const files = new FakeFiles({ '/f': 'hey\n', '/tmp/x': '' });
  const on = hostWith(files);
  const found = await stat.run(stat.params.parse({ path: '/f', get_mime: false }), on, contextWith());
  expect(found.values?.['stat']).toMatchObject({
    exists: true,
    isreg: true,
    mode: '0644',
    rusr: true,
    xusr: false,
    pw_name: 'root',
    checksum: '7aea02175315cd3541b03ffe78aa1ccc40d2e98a',
    attributes: [],
  });
  const none = await stat.run(stat.params.parse({ path: '/no' }), on, contextWith());
  expect(none.values).toEqual({ stat: { exists: false } });
  expect(await slurp.run({ src: '/f' }, on, contextWith())).toMatchObject({ values: { content: 'aGV5Cg==' } });
  expect(await slurp.run({ src: '/tmp' }, on, contextWith())).toMatchObject({ failed: true });
  const made = await tempfile.run(tempfile.params.parse({ suffix: '.x' }), on, contextWith());
  expect(made.values?.['path']).toMatch(/^\/tmp\/ansible\.[a-z0-9_]{8}\.x$/);
  expect(files.entries.get(String(made.values?.['path']))?.mode).toBe(0o600);
});
