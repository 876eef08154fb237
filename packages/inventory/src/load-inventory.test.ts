import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { placeName, RatchetError, toPlain } from '@ratchet/core';
import { loadInventory } from './load-inventory.js';
import { readLimit } from './pattern.js';

const cases = fileURLToPath(new URL('../../../fixtures/cases/', import.meta.url));
let root = '';
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'ratchet-inventory-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

let count = 0;
const folder = async (files: Readonly<Record<string, string>>): Promise<string> => {
  const dir = join(root, String(count++));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(dir, name)), { recursive: true });
    await writeFile(join(dir, name), text, name.endsWith('.sh') ? { mode: 0o755 } : {});
  }
  return dir;
};
const load = async (files: Readonly<Record<string, string>>, source = Object.keys(files)[0] as string) =>
  loadInventory([join(await folder(files), source)]);
const failure = async (promise: Promise<unknown>): Promise<RatchetError> => {
  const thrown = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(thrown instanceof RatchetError)) throw new Error(`not refused: ${String(thrown)}`);
  return thrown;
};
const place = (error: RatchetError): string =>
  error.place?.at === 'source' ? placeName(error.place.position).replace(/^.*\//, '') : '';

describe('YAML inventories', () => {
  test('C49: words that are booleans and words that are not', async () => {
    const inventory = await loadInventory([`${cases}C49/inventory.yml`]);
    expect(toPlain(inventory.varsOf('h1'))).toEqual({
      a: true,
      b: false,
      c: true,
      d: false,
      e: 'y',
      f: 'n',
      g: 'yes',
      m: { y: 1, n: 2 },
    });
  });

  test('C57: depth, then priority, then name decides between groups', async () => {
    const inventory = await loadInventory([`${cases}C57/inventory.yml`]);
    expect(toPlain(inventory.varsOf('h1'))).toMatchObject({ p: 'zeta', q: 'aa_child', r: 'prio' });
  });

  test('C52: tabs and no-break spaces are named, BOM and CRLF are read', async () => {
    const tab = await failure(loadInventory([`${cases}C52/inventory-tab.yml`]));
    expect([tab.code, place(tab)]).toEqual(['yaml-syntax', 'inventory-tab.yml:3:1']);
    expect(tab.message).toContain('tab');
    expect((await failure(loadInventory([`${cases}C52/inventory-nbsp.yml`]))).message).toContain('U+00A0');
    const trailing = await loadInventory([`${cases}C52/inventory-trailing.yml`]);
    expect(toPlain(trailing.varsOf('srv01'))).toEqual({ kbs: ['KB1', 'KB2'] });
    expect([...(await loadInventory([`${cases}C52/inventory-bom-crlf.yml`])).hosts.keys()]).toEqual(['srv01']);
  });

  test('ranges, ports and empty bodies', async () => {
    const inventory = await load({
      'i.yml': 'web:\n  hosts:\n    "web[01:05:2]":\n    "db-[a:c]:2222": {x: 1}\nempty:\n',
    });
    expect(inventory.match('web')).toEqual(['web01', 'web03', 'web05', 'db-a', 'db-b', 'db-c']);
    expect(toPlain(inventory.varsOf('db-b'))).toEqual({ ansible_port: 2222, x: 1 });
    expect(inventory.match('empty')).toEqual([]);
  });

  test('an unknown key of a group is refused with its place and the nearest name', async () => {
    const error = await failure(load({ 'i.yml': 'all:\n  host:\n    a:\n' }));
    expect([error.code, place(error), error.hint]).toEqual(['inventory-invalid', 'i.yml:2:3', 'Did you mean "hosts"?']);
  });

  test('a list where a mapping belongs, and a group within itself, are refused', async () => {
    expect(place(await failure(load({ 'i.yml': 'all:\n  hosts:\n    - a\n' })))).toBe('i.yml:3:5');
    const loop = 'a:\n  children:\n    b:\n      children:\n        a:\n';
    expect((await failure(load({ 'i.yml': loop }))).message).toContain('would hold itself');
  });
});

describe('INI inventories', () => {
  test('C59: sections in any order', async () => {
    const inventory = await loadInventory([`${cases}C59/inventory.ini`]);
    expect(inventory.groupNamesOf('h1')).toEqual(['dallas', 'states', 'texas']);
    expect(toPlain(inventory.varsOf('h1'))).toEqual({ u: 'x' });
    expect(inventory.match('states')).toEqual(['h1']);
  });

  test('a group used but never defined is named', async () => {
    const error = await failure(load({ 'i.ini': '[texas]\nh1\n[states:children]\ntexass\n' }));
    expect([error.code, place(error), error.hint]).toEqual(['inventory-invalid', 'i.ini:4:1', 'Did you mean "texas"?']);
  });

  test('host variables with quotes, comments and Python literals', async () => {
    const text =
      'lone\n# no\n[win]\nw[1:2] n=5 t="two words" l=\'[1, "a"]\' b=True # rest\n[win:vars]\nu = plain text\nj={{ n }}\n';
    const inventory = await load({ hosts: text });
    expect(toPlain(inventory.varsOf('w2'))).toEqual({
      u: 'plain text',
      j: '{{ n }}',
      n: 5,
      t: 'two words',
      l: [1, 'a'],
      b: true,
    });
    expect(inventory.groupNamesOf('lone')).toEqual(['ungrouped']);
  });
});

describe('other sources', () => {
  test('a host list, and several sources of which the later wins', async () => {
    const dir = await folder({ 'a.yml': 'g: {hosts: {h1: {x: 1, y: 1}}}', 'b.yml': 'g: {hosts: {h1: {x: 2}}}' });
    const inventory = await loadInventory([join(dir, 'a.yml'), join(dir, 'b.yml'), 'h2,h3,']);
    expect(inventory.match('all')).toEqual(['h2', 'h3', 'h1']);
    expect(toPlain(inventory.varsOf('h1'))).toEqual({ x: 2, y: 1 });
  });

  test('a folder of sources leaves group_vars and notes alone', async () => {
    const dir = await folder({ 'd/1.yml': 'g: {hosts: {h1: }}', 'd/notes.md': 'x', 'd/group_vars/g/a.yml': 'v: 1' });
    const inventory = await loadInventory([join(dir, 'd')]);
    expect(toPlain(inventory.varsOf('h1'))).toEqual({ v: 1 });
  });

  test('a script with _meta', async () => {
    const json = '{"g": ["h1"], "_meta": {"hostvars": {"h1": {"x": "{{ data }}"}}}}';
    const inventory = await load({ 'inv.sh': `#!/bin/sh\necho '${json}'\n` });
    expect(inventory.varsOf('h1').get('x')).toBe('{{ data }}');
    expect(inventory.match('g')).toEqual(['h1']);
  });

  test('a missing inventory is file-not-found', async () => {
    expect((await failure(loadInventory([join(root, 'none.yml')]))).code).toBe('file-not-found');
  });
});

describe('variable layers', () => {
  test('files beside the inventory and the playbook, in the documented order', async () => {
    const dir = await folder({
      'inv/hosts.yml': 'g: {hosts: {h1: {a: 1, z: host}}, vars: {a: 0, b: 0, c: 0, d: 0, e: 0}}',
      'inv/group_vars/all.yml': 'b: inv-all\nc: inv-all',
      'inv/group_vars/g': 'd: inv-g\ne: inv-g\na: inv-g',
      'inv/host_vars/h1.json': '{"z": "inv-host"}',
      'play/group_vars/all/x.yml': 'c: play-all',
      'play/group_vars/g.yaml': 'e: play-g',
      'play/host_vars/h1/y.yml': 'y: 1',
    });
    const inventory = await loadInventory([join(dir, 'inv/hosts.yml')], { playbookDir: join(dir, 'play') });
    expect(toPlain(inventory.varsOf('h1'))).toEqual({
      a: 1,
      b: 'inv-all',
      c: 'play-all',
      d: 'inv-g',
      e: 'play-g',
      z: 'inv-host',
      y: 1,
    });
    expect(toPlain(inventory.groupVarsOf('g'))).toEqual({ a: 'inv-g', b: 0, c: 0, d: 'inv-g', e: 'play-g' });
  });
});

describe('patterns', () => {
  const hosts = 'a: {hosts: {a1: , a2: , ab: }}\nb: {hosts: {b1: , b2: , ab: }}\nc: {children: {a: , b: }}\n';
  test.each([
    ['a:b', ['a1', 'a2', 'ab', 'b1', 'b2']],
    ['a:&b', ['ab']],
    ['!b:a', ['a1', 'a2']],
    ['all,!a', ['b1', 'b2']],
    ['!a', ['b1', 'b2']],
    ['a?', ['a1', 'a2', 'ab']],
    ['~[ab]1', ['a1', 'b1']],
    ['a[0]', ['a1']],
    ['a[-1]', ['ab']],
    ['c[1:2]', ['a2', 'ab']],
    ['a[1:]', ['a2', 'ab']],
    ['localhost', ['localhost']],
    ['', []],
  ])('%s', async (pattern, expected) => {
    expect((await load({ 'i.yml': hosts })).match(pattern)).toEqual(expected);
  });

  test('an unknown pattern gives no hosts and one warning', async () => {
    const inventory = await load({ 'i.yml': hosts });
    expect([inventory.match('nope'), inventory.match('nope')]).toEqual([[], []]);
    expect(inventory.warnings).toEqual(['Could not match supplied host pattern, ignoring: nope']);
  });

  test('a limit file', async () => {
    const dir = await folder({ limit: 'a1\n# no\nb1\n' });
    const limit = await readLimit(`@${join(dir, 'limit')}`);
    expect((await load({ 'i.yml': hosts })).match(limit)).toEqual(['a1', 'b1']);
    expect((await failure(readLimit('@/nowhere/x'))).code).toBe('limit-invalid');
  });
});
