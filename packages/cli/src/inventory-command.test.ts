import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { newRunFolder, type RunFolder } from './test-run.js';

let folder: RunFolder;
let hosts: string;
beforeEach(async () => {
  folder = await newRunFolder();
  hosts = await folder.write(
    'hosts',
    'lone\n[web]\nweb[1:2] x=1 y="a b" z=[1,2]\n[dc:children]\nweb\n[dc:vars]\nt={{ x }}\n[empty]\n',
  );
});
afterEach(() => folder.remove());

const inventory = (...args: readonly string[]) => folder.command('inventory', args);

describe('ratchet inventory', () => {
  test('--list gives groups and all variables as ansible-inventory writes them', async () => {
    const { code, out } = await inventory('-i', hosts, '--list');
    expect(code).toBe(0);
    expect(out.startsWith('{\n    "_meta": {\n        "hostvars": {\n            "web1": {\n')).toBe(true);
    const web = { t: '{{ x }}', x: 1, y: 'a b', z: [1, 2] };
    expect(JSON.parse(out)).toEqual({
      _meta: { hostvars: { web1: web, web2: web } },
      all: { children: ['ungrouped', 'dc', 'empty'] },
      dc: { children: ['web'] },
      ungrouped: { hosts: ['lone'] },
      web: { hosts: ['web1', 'web2'] },
    });
  });

  test('--list --yaml writes what is shared by anchor', async () => {
    const { out } = await inventory('-i', hosts, '--list', '-y');
    expect(out).toContain('              z: &id001\n              - 1\n              - 2\n            web2:\n');
    expect(out).toContain('              z: *id001\n');
  });

  test('--export leaves variables where they were written', async () => {
    const { out } = await inventory('-i', hosts, '--list', '--export');
    const answer = JSON.parse(out) as { dc: unknown; _meta: { hostvars: { web1: unknown } } };
    expect(answer.dc).toEqual({ children: ['web'], vars: { t: '{{ x }}' } });
    expect(answer._meta.hostvars.web1).toEqual({ x: 1, y: 'a b', z: [1, 2] });
  });

  test('--graph draws one group, with variables when asked', async () => {
    const { out } = await inventory('-i', hosts, '--graph', 'dc', '--vars');
    const vars = (indent: string) =>
      ['{t = {{ x }}}', '{x = 1}', '{y = a b}', '{z = [1, 2]}'].map((line) => `${indent}|--${line}`);
    expect(out.trimEnd().split('\n')).toEqual([
      '@dc:',
      '  |--@web:',
      '  |  |--web1',
      ...vars('  |  |  '),
      '  |  |--web2',
      ...vars('  |  |  '),
      '  |--{t = {{ x }}}',
    ]);
  });

  test('--host tells the variables of one host; -e stands above them', async () => {
    const { out } = await inventory('-i', hosts, '--host', 'web2', '-e', '{"x": 7}');
    expect(JSON.parse(out)).toEqual({ t: '{{ x }}', x: 7, y: 'a b', z: [1, 2] });
  });

  test('texts that stand encrypted in a file are told as they stand, without a password', async () => {
    const sealed = await folder.write(
      'sealed.yml',
      'all: {hosts: {h: {v: !vault "$ANSIBLE_VAULT;1.1;AES256\\n3132"}}}\n',
    );
    expect(JSON.parse((await inventory('-i', sealed, '--host', 'h')).out)).toEqual({
      v: { __ansible_vault: '$ANSIBLE_VAULT;1.1;AES256\n3132' },
    });
    expect((await inventory('-i', sealed, '--host', 'h', '-y')).out).toBe(
      'v: !vault |-\n  $ANSIBLE_VAULT;1.1;AES256\n  3132\n',
    );
  });

  test.each([[[]], [['--list', '--graph']], [['--host', 'web']], [['--graph', 'no']], [['--list', '--toml']]])(
    'bad options end with 5: %j',
    async (args) => {
      expect(await inventory('-i', hosts, ...args)).toMatchObject({ code: 5, out: '' });
    },
  );

  test('a limit leaves hosts out', async () => {
    const { out } = await inventory('-i', hosts, '--list', '-l', 'web1');
    expect(JSON.parse(out)).toMatchObject({ web: { hosts: ['web1'] } });
    expect(out).not.toContain('lone');
  });
});
