import { describe, expect, test } from '@jest/globals';
import { blockinfile, withBlock } from './blockinfile.js';
import { FakeFiles } from './fake-files.js';
import { FakeHost } from './fake-host.js';
import { find } from './find.js';
import { editedLines, type LineWish } from './line-edit.js';
import { lineinfile } from './lineinfile.js';
import { fakeActionContext } from './task.js';

const wish = (given: Partial<LineWish>): LineWish => ({
  state: 'present',
  line: undefined,
  matches: undefined,
  insertAfter: undefined,
  insertBefore: undefined,
  backrefs: false,
  firstMatch: false,
  ...given,
});

const TEXT = 'a=1\nb=2\n#c\n';

describe('a line', () => {
  test.each([
    ['replaced where it matches', { matches: /^b=/, line: 'b=3' }, 'a=1\nb=3\n#c\n', 'line replaced'],
    ['the last that matches', { matches: /=/, line: 'x' }, 'a=1\nx\n#c\n', 'line replaced'],
    ['the first that matches', { matches: /=/, line: 'x', firstMatch: true }, 'x\nb=2\n#c\n', 'line replaced'],
    ['by a text it holds', { matches: 'b=', line: 'b=3' }, 'a=1\nb=3\n#c\n', 'line replaced'],
    ['there already', { line: 'b=2' }, TEXT, ''],
    ['added at the end', { line: 'x' }, 'a=1\nb=2\n#c\nx\n', 'line added'],
    ['at the beginning', { line: 'x', insertBefore: 'BOF' }, 'x\na=1\nb=2\n#c\n', 'line added'],
    ['after a match', { line: 'x', insertAfter: '^a' }, 'a=1\nx\nb=2\n#c\n', 'line added'],
    ['before a match', { line: 'x', insertBefore: '^#' }, 'a=1\nb=2\nx\n#c\n', 'line added'],
    ['after no match: at the end', { line: 'x', insertAfter: 'zzz' }, 'a=1\nb=2\n#c\nx\n', 'line added'],
    ['groups filled in', { matches: /^(a)=(.)/, line: '\\2=\\1', backrefs: true }, '1=a\nb=2\n#c\n', 'line replaced'],
    ['no match with groups', { matches: /^zzz/, line: 'q', backrefs: true }, TEXT, ''],
    ['taken out', { state: 'absent', matches: /^[ab]/ }, '#c\n', '2 line(s) removed'],
    ['taken out by itself', { state: 'absent', line: '#c' }, 'a=1\nb=2\n', '1 line(s) removed'],
  ] as const)('%s', (_title, given, text, message) => {
    expect(editedLines(TEXT, wish(given))).toMatchObject({ text, message });
  });
  test('a last line without an end gets one', () => {
    expect(editedLines('a', wish({ line: 'b' })).text).toBe('a\nb\n');
  });
  test('lines of Windows stay so', () => {
    expect(editedLines('a\r\nb\r\n', wish({ matches: /^b$/, line: 'c' })).text).toBe('a\r\nc\r\n');
  });
});

const context = fakeActionContext();
const onHost = (files: FakeFiles) => new FakeHost({ kind: 'local', files });

test('lineinfile writes, keeps the file’s mode, and says what it did', async () => {
  const files = new FakeFiles({ '/f': TEXT });
  files.put('/f', TEXT, 0o600);
  const run = (given: object) =>
    lineinfile.run(lineinfile.params.parse({ path: '/f', ...given }), onHost(files), context);
  expect(await run({ line: 'x', backup: true })).toMatchObject({ changed: true, msg: 'line added' });
  expect(files.text('/f')).toBe(`${TEXT}x\n`);
  expect(files.entries.get('/f')?.mode).toBe(0o600);
  expect(await run({ line: 'x' })).toMatchObject({ changed: false, msg: '', values: { backup: '' } });
  expect(await run({ line: 'x', state: 'absent' })).toMatchObject({ changed: true, values: { found: 1 } });
  expect(await run({ path: '/no', line: 'x' })).toMatchObject({ failed: true, values: { rc: 257 } });
  expect(await run({ path: '/no', line: 'x', create: true, mode: '0640' })).toMatchObject({ changed: true });
  expect(files.entries.get('/no')?.mode).toBe(0o640);
  const check = { ...context, checkMode: true };
  expect(await lineinfile.run(lineinfile.params.parse({ path: '/f', line: 'zz' }), onHost(files), check)).toMatchObject(
    { changed: true },
  );
  expect(files.text('/f')).not.toContain('zz');
});

describe('blockinfile', () => {
  const block = (given: object) => blockinfile.params.parse({ path: '/f', ...given });
  const MARKED = '# BEGIN ANSIBLE MANAGED BLOCK\nx\n# END ANSIBLE MANAGED BLOCK\n';
  test('a block comes, changes, goes', () => {
    const added = withBlock('a\n', block({ block: 'x' })).text;
    expect(added).toBe(`a\n${MARKED}`);
    expect(withBlock(added, block({ block: 'x' })).text).toBe(added);
    expect(withBlock(added, block({ block: 'y' })).text).toBe(added.replace('x', 'y'));
    expect(withBlock(added, block({ block: '' }))).toEqual({ text: 'a\n', message: 'Block removed' });
    expect(withBlock(added, block({ block: 'x', state: 'absent' })).text).toBe('a\n');
  });
  test('at its place, between its own marks', () => {
    const given = block({ block: 'x', insertbefore: 'BOF', marker: '<{mark}>' });
    expect(withBlock('a\n', given).text).toBe('<BEGIN>\nx\n<END>\na\n');
    expect(withBlock('a\nb\n', block({ block: 'x', insertafter: '^a' })).text).toBe(`a\n${MARKED}b\n`);
  });
  test('a file that is missing', async () => {
    const files = new FakeFiles();
    expect(await blockinfile.run(block({ block: 'x' }), onHost(files), context)).toMatchObject({ failed: true });
    expect(await blockinfile.run(block({ block: 'x', create: true }), onHost(files), context)).toMatchObject({
      changed: true,
      msg: 'File created',
    });
  });
});

describe('a file that is not in UTF-8', () => {
  const content = Buffer.from('Ger\xe4t=1\r\n\x80\xff=2\r\n', 'latin1');
  const bytesOf = (files: FakeFiles) => Buffer.from(files.entries.get('/f')?.bytes ?? []).toString('latin1');

  test('keeps every byte that a line does not replace', async () => {
    const files = new FakeFiles({ '/f': content });
    const given = lineinfile.params.parse({ path: '/f', regexp: '^Ger.*=', line: 'Größe=3' });
    const once = await lineinfile.run(given, onHost(files), { ...context, diffMode: true });
    expect(bytesOf(files)).toBe('Gr\xc3\xb6\xc3\x9fe=3\r\n\x80\xff=2\r\n');
    expect(once.values).toMatchObject({ diff: [{ after: 'Größe=3\r\n\ufffd\ufffd=2\r\n' }, {}] });
    expect(await lineinfile.run(given, onHost(files), context)).toMatchObject({ changed: false });
  });

  test('keeps every byte around a block', async () => {
    const files = new FakeFiles({ '/f': content });
    const given = blockinfile.params.parse({ path: '/f', block: 'ü', marker: '# {mark} ä' });
    await blockinfile.run(given, onHost(files), context);
    expect(bytesOf(files)).toBe(`${content.toString('latin1')}# BEGIN \xc3\xa4\n\xc3\xbc\n# END \xc3\xa4\n`);
    expect(await blockinfile.run(given, onHost(files), context)).toMatchObject({ changed: false });
    await blockinfile.run({ ...given, state: 'absent' }, onHost(files), context);
    expect(bytesOf(files)).toBe(content.toString('latin1'));
  });
});

describe('find', () => {
  const files = new FakeFiles({ '/d/a.txt': 'hello\nworld', '/d/b.log': 'x', '/d/.h': '', '/d/sub/c.txt': 'yy' });
  const paths = async (given: object) => {
    const { values } = await find.run(find.params.parse({ paths: '/d', ...given }), onHost(files), {
      ...context,
      now: () => 100_000_000,
    });
    return ((values?.['files'] ?? []) as { path: string }[]).map(({ path }) => path);
  };
  test.each([
    [{}, ['/d/a.txt', '/d/b.log']],
    [{ hidden: true }, ['/d/.h', '/d/a.txt', '/d/b.log']],
    [{ patterns: '*.txt,*.log', excludes: 'b*' }, ['/d/a.txt']],
    [{ patterns: '*.txt', recurse: true }, ['/d/a.txt', '/d/sub/c.txt']],
    [{ recurse: true, depth: 1 }, ['/d/a.txt', '/d/b.log']],
    [{ patterns: ['[ab]\\.'], use_regex: true }, ['/d/a.txt', '/d/b.log']],
    [{ file_type: 'directory' }, ['/d/sub']],
    [{ contains: 'wor.*' }, ['/d/a.txt']],
    [{ size: '2' }, ['/d/a.txt']],
    [{ size: '-1' }, ['/d/b.log']],
    [{ age: '1d' }, ['/d/a.txt', '/d/b.log']],
    [{ age: '-1d' }, []],
  ])('%j', async (given, expected) => {
    expect(await paths(given)).toEqual(expected);
  });
  test('a folder that is missing is told, not an error', async () => {
    expect(await find.run(find.params.parse({ paths: '/no' }), onHost(files), context)).toMatchObject({
      msg: 'Not all paths examined, check warnings for details',
      values: { matched: 0, skipped_paths: { '/no': "'/no' is not a directory" } },
    });
  });
});
