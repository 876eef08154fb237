import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { lineAndColumn, RatchetError, Template, toPlain } from '@ratchet/core';
import fc from 'fast-check';
import { loadYaml, nodeToValue, readSource } from './index.js';

const load = (text: string) => {
  const node = loadYaml({ path: 'f.yml', text });
  return node === null ? null : toPlain(nodeToValue(node));
};

const failure = (text: string): RatchetError => {
  try {
    load(text);
  } catch (thrown) {
    if (thrown instanceof RatchetError) return thrown;
    throw thrown;
  }
  throw new Error('no error');
};

const where = (error: RatchetError) => {
  if (error.place?.at !== 'source') throw new Error('no place');
  const { line, column } = lineAndColumn(error.place.position);
  return `${line}:${column}`;
};

const fixture = (name: string) => new URL(`../../../fixtures/cases/${name}`, import.meta.url).pathname;

describe('scalars as PyYAML reads them', () => {
  test.each<[string, unknown]>([
    ['yes', true],
    ['No', false],
    ['on', true],
    ['OFF', false],
    ['TRUE', true],
    ['y', 'y'],
    ['n', 'n'],
    ['"yes"', 'yes'],
    ['010', 8],
    ['0644', 420],
    ['00000800', '00000800'],
    ['0o10', '0o10'],
    ['0x1F', 31],
    ['0b101', 5],
    ['-5', -5],
    ['+5', 5],
    ['1_000', 1000],
    ['22:22', 1342],
    ['52:54:00:12:34:56', 41135085296],
    ['1:30.5', 90.5],
    ['2019-07-05', '2019-07-05'],
    ['1e3', '1e3'],
    ['1.5e3', '1.5e3'],
    ['1.5e+3', 1500],
    ['1.5', 1.5],
    ['.5', 0.5],
    ['.inf', Infinity],
    ['-.INF', -Infinity],
    ['NULL', null],
    ['~', null],
    ['', null],
    ['null', null],
    ['nULL', 'nULL'],
    ['08', '08'],
    ['0', 0],
    ['18446744073709551615', 18446744073709551615n],
    ['!!str 12', '12'],
    ['!unsafe "{{ x }}"', '{{ x }}'],
    ['12:99', '12:99'],
  ])('%s', (text, expected) => {
    expect((load(`a: ${text}`) as { a: unknown }).a).toEqual(expected);
  });

  test('C49: words of the case', () => {
    const text = readFileSync(fixture('C49/inventory.yml'), 'utf8');
    const hosts = (load(text) as { all: { hosts: { h1: unknown } } }).all.hosts;
    expect(hosts.h1).toEqual(JSON.parse(readFileSync(fixture('C49/expected-vars.json'), 'utf8')));
  });
});

describe('structure', () => {
  test('merges: own keys win, a later << wins, the first of a list wins', () => {
    expect(
      load('a: &a {x: 1, y: 1}\nb: &b {x: 2}\nc:\n  <<: *a\n  <<: *b\n  z: 3\nd: {<<: [*a, *b], y: 9}'),
    ).toMatchObject({
      c: { x: 2, y: 1, z: 3 },
      d: { x: 1, y: 9 },
    });
  });

  test('templates carry their position, plain texts are texts', () => {
    const value = nodeToValue(loadYaml({ path: 'f', text: 'a: "{{ x }}"\nb: c' }) ?? fail()) as Map<string, unknown>;
    const template = value.get('a') as Template;
    expect(template).toBeInstanceOf(Template);
    expect([template.text, template.position.offset]).toEqual(['{{ x }}', 3]);
    expect(value.get('b')).toBe('c');
  });

  test('a leading document mark is fine, a second document is not', () => {
    expect(load('---\na: 1\n')).toEqual({ a: 1 });
    expect(load('')).toBeNull();
    expect(load('---\n')).toBeNull();
    expect(where(failure('a: 1\n---\nb: 1\n'))).toBe('2:1');
  });

  test('tags other than ours are refused where they stand', () => {
    expect(failure('a: !foo 1').message).toContain('!foo');
    expect(failure('a: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  00').code).toBe('vault');
  });

  test('aliases: used, unknown, inside themselves, too many', () => {
    expect(load('a: &x [1]\nb: *x')).toEqual({ a: [1], b: [1] });
    expect(failure('a: *x').code).toBe('yaml-syntax');
    expect(failure('a: &x [*x]').code).toBe('yaml-syntax');
    const laughs = ['a0: &a0 [1,1,1,1,1,1,1,1,1,1]'];
    for (let i = 1; i < 9; i++)
      laughs.push(
        `a${i}: &a${i} [${Array(10)
          .fill(`*a${i - 1}`)
          .join(',')}]`,
      );
    expect(failure(laughs.join('\n')).message).toContain('aliases');
  });

  test('an unquoted template is refused with the remedy', () => {
    expect(failure('a: {{ x }}\n').hint).toContain('quoted');
  });
});

describe('cases', () => {
  test('C50: duplicate keys name both places', () => {
    const error = failure(readFileSync(fixture('C50/playbook.yml'), 'utf8'));
    expect(error.code).toBe('yaml-duplicate-key');
    expect(error.message).toMatch(/f\.yml:7:7.*f\.yml:9:7|f\.yml:1:3/);
  });

  test('C52: tab, trailing tab, no-break space, BOM with CRLF', async () => {
    const tab = failure((await readSource(fixture('C52/inventory-tab.yml'))).text);
    expect([tab.message.includes('tab'), where(tab)]).toEqual([true, '3:1']);
    expect(load((await readSource(fixture('C52/inventory-trailing.yml'))).text)).toMatchObject({
      all: { hosts: { srv01: { kbs: ['KB1', 'KB2'] } } },
    });
    expect(failure((await readSource(fixture('C52/inventory-nbsp.yml'))).text).message).toContain('no-break space');
    expect(load((await readSource(fixture('C52/inventory-bom-crlf.yml'))).text)).toEqual({
      all: { hosts: { srv01: null } },
    });
  });

  test('a missing file says so', async () => {
    await expect(readSource('/nowhere/x.yml')).rejects.toMatchObject({ code: 'file-not-found' });
  });
});

test('random text never crashes and every error has a place', () => {
  const piece = fc.constantFrom(
    'a: ',
    '- ',
    '\n',
    '  ',
    '\t',
    '{',
    '}',
    '[',
    ']',
    '&x ',
    '*x',
    '!t ',
    '"',
    "'",
    '|\n',
    '<<: ',
    '? ',
    ': ',
    '#',
    'y',
    '1',
    ',',
    '---\n',
    '%',
  );
  const text = fc.oneof(
    fc.string(),
    fc.array(piece, { maxLength: 30 }).map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(text, (input) => {
      try {
        load(input);
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(RatchetError);
        expect((thrown as RatchetError).place?.at).toBe('source');
      }
    }),
    { numRuns: 1000 },
  );
});

const fail = (): never => {
  throw new Error('no node');
};
