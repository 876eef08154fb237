import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { RatchetError } from '@ratchet/core';
import fc from 'fast-check';
import { readPlainYaml } from './plain-yaml.js';
import { loadYamlFully } from './yaml.js';

const inFull = (text: string): unknown => {
  try {
    return loadYamlFully({ path: 'a.yml', text });
  } catch (thrown) {
    if (thrown instanceof RatchetError) return `refused: ${thrown.code}`;
    throw thrown;
  }
};

const inShort = (text: string) => readPlainYaml({ path: 'a.yml', text });

const word = fc.constantFrom(
  'a',
  'b',
  'c',
  'name',
  'web_01',
  'y',
  'on',
  '12',
  '1.5',
  '10.0.0.1',
  'x-y',
  'true',
  '"q"',
  "'r s'",
  'C:\\x',
  'two words',
);
const wild = fc.constantFrom(
  ...[
    '',
    'text',
    'two words',
    '0644',
    '1_000',
    '1:30',
    'yes',
    'No',
    '~',
    'null',
    '-5',
    '-',
    '- x',
    '---',
    '--flag',
    '.inf',
  ],
  ...[
    '"quoted: #"',
    '"C:\\\\a \\n"',
    '"\\u0041"',
    '"open',
    "'it''s'",
    "'a' b",
    '"a" # c',
    'a #c',
    'a#c',
    '# c',
    '[]',
    '{}',
  ],
  ...[
    '[a, b]',
    '{a: 1}',
    '{{ a }}',
    '"{{ a }}"',
    'a: b',
    'a:',
    'C:\\dir',
    '&x 1',
    '*x',
    '!!int 3',
    '| ',
    '>-',
    '<<',
    '2020-01-01',
  ],
  ...['=', '?', '? a', ': a', '%a', '@a', '`', ',', 'é', '\u{1f600}', '\u00a0', 'a  ', 'a\tb', "don't", 'say "x"'],
);
const tame = fc.constantFrom(
  '',
  'text',
  '0644',
  'yes',
  '"q: #" # c',
  "'it''s'",
  'a #c',
  '"C:\\\\a"',
  '-5',
  '10.0.0.1',
  "don't",
);
const flowWord = fc.constantFrom(
  ...[
    'a',
    '1',
    '-1.5',
    'two words',
    '"q: [, #"',
    "'it''s'",
    'true',
    '0644',
    'C:\\x',
    'a:b',
    '',
    '-',
    '"\\u0041\\n"',
    '{{ a }}',
  ],
  ...['10.0.0.1', '~', '# c', '*x', '&x 1', '<<', '? a', '|', '"\\ud83d\\ude00"', 'a#b', '...', '1:30'],
);
const { flow } = fc.letrec<{ flow: string; list: string; map: string }>((tie) => ({
  flow: fc.oneof({ maxDepth: 3, depthSize: 'small' }, flowWord, tie('list'), tie('map')),
  list: fc
    .tuple(
      fc.array(tie('flow'), { maxLength: 3 }),
      fc.constantFrom(',', ', ', ' , ', ',\n  ', ', \n'),
      fc.constantFrom('', ' ', '\n'),
    )
    .map(([items, comma, space]) => `[${space}${items.join(comma)}${space}]`),
  map: fc
    .tuple(
      fc.array(fc.tuple(word, fc.constantFrom(': ', ': ', ':', ' : ', ':\n '), tie('flow')), { maxLength: 3 }),
      fc.constantFrom(',', ', ', ',\n   '),
      fc.constantFrom('', ' ', '\n '),
    )
    .map(([items, comma, space]) => `{${space}${items.map((parts) => parts.join('')).join(comma)}${space}}`),
}));
const blockText = fc
  .tuple(
    fc.constantFrom('|', '|-', '>', '>-', '>+', '|2', '| # c', '>  '),
    fc.array(
      fc
        .constantFrom(...['a', 'two words', '# no comment', 'k: v', '- x', ' more', 'end ', '---', ''])
        .map((text) => (text === '' ? '\n' : `      ${text}\n`)),
      { minLength: 1, maxLength: 4 },
    ),
    fc.constantFrom('', '', '\n', '       \n', '      ', '      last', '# c\n', '   # c\n'),
  )
  .map(([mark, lines, end]) => `${mark}\n${lines.join('')}${end}`.replace(/\n$/, ''));
const scalar = fc.oneof(
  { arbitrary: tame, weight: 12 },
  { arbitrary: wild, weight: 1 },
  { arbitrary: flow, weight: 2 },
  { arbitrary: blockText, weight: 2 },
);
const gap = fc.constantFrom('', '', '', '', '\n', '# c\n', '   # c\n', '      # c\n');

const RUNS = 2000;

type Lines = (lead: string) => string;
const { tree } = fc.letrec<{ tree: Lines; map: Lines; list: Lines; value: Lines; compact: Lines }>((tie) => ({
  tree: fc.oneof({ withCrossShrink: true }, tie('map'), tie('list')),
  map: fc
    .uniqueArray(fc.tuple(gap, word, tie('value')), { minLength: 1, maxLength: 4, selector: ([, key]) => key })
    .map(
      (items) => (lead: string) => items.map(([more, key, value]) => `${more}${lead}${key}:${value(lead)}`).join(''),
    ),
  list: fc
    .array(fc.tuple(gap, fc.oneof(tie('value'), tie('compact'))), { minLength: 1, maxLength: 3 })
    .map((items) => (lead: string) => items.map(([more, value]) => `${more}${lead}-${value(lead)}`).join('')),
  value: fc.oneof(
    { depthSize: 'small', maxDepth: 4 },
    fc.tuple(fc.constantFrom(' ', '  '), scalar).map(
      ([blank, text]) =>
        () =>
          `${blank}${text}\n`,
    ),
    fc.tuple(fc.constantFrom('', ' ', '  '), tie('tree'), fc.constantFrom('\n', ' # c\n', '  \n')).map(
      ([deeper, node, end]) =>
        (lead: string) =>
          `${end}${node(lead + deeper)}`,
    ),
  ),
  compact: tie('tree').map((node) => (lead: string) => ` ${node(`${lead}  `).trimStart()}`),
}));

const head = fc.constantFrom(
  '',
  '',
  '',
  '',
  '',
  '---\n',
  '---\n',
  '# c\n---\n\n',
  '--- # c\n',
  '---\n---\n',
  '--- a\n',
);
const texts = fc
  .tuple(head, tree, fc.constantFrom('', '', '', '', '', '...\n', '\n# end', 'a\n'))
  .map(([start, node, end]) => start + node('') + end);

const edits = fc.array(
  fc.tuple(
    fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    fc.nat(3),
    fc.constantFrom('', ' ', '\n', ':', '- ', '#', "'", '"', '\t', 'a', '  ', '[', '\r', ': '),
  ),
  { minLength: 1, maxLength: 3 },
);

const same = (text: string): boolean => {
  const found = inShort(text);
  if (found === undefined) return false;
  expect(found).toEqual(inFull(text));
  return true;
};

describe('the short way for plain texts gives what the full reader gives, positions included', () => {
  test('on texts made of mappings, lists and scalars of every kind', () => {
    let taken = 0;
    fc.assert(
      fc.property(texts, (text) => {
        if (same(text)) taken++;
      }),
      { numRuns: RUNS },
    );
    expect(taken).toBeGreaterThan(RUNS / 50);
  });

  test('on texts with one to three edits', () => {
    let taken = 0;
    const edited = fc.tuple(texts, edits).map(([text, changes]) =>
      changes.reduce((now, [share, length, more]) => {
        const at = Math.floor(share * now.length);
        return now.slice(0, at) + more + now.slice(at + length);
      }, text),
    );
    fc.assert(
      fc.property(edited, (text) => {
        if (same(text)) taken++;
      }),
      { numRuns: RUNS },
    );
    expect(taken).toBeGreaterThan(RUNS / 50);
  });

  test('on texts that are one flow collection, as JSON is', () => {
    let taken = 0;
    const json = fc.json().map((text) => JSON.stringify(JSON.parse(text), null, text.length % 3));
    const ends = fc.constantFrom('', '\n', '\n# c\n', ' # c\n', 'a\n', '\n---\n');
    fc.assert(
      fc.property(fc.oneof(flow, flow, json), ends, (text, end) => {
        if (same(text + end)) taken++;
      }),
      { numRuns: RUNS },
    );
    expect(taken).toBeGreaterThan(RUNS / 50);
  });

  test('on the YAML files of the repository', () => {
    const root = fileURLToPath(new URL('../../..', import.meta.url));
    const files = ['fixtures', 'conformance', 'playbooks'].flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
        .filter((name) => /\.ya?ml$/.test(name))
        .map((name) => join(root, folder, name)),
    );
    expect(files.length).toBeGreaterThan(300);
    expect(files.filter((file) => same(readFileSync(file, 'utf8'))).length).toBeGreaterThan(10);
  });

  test.each([
    ['a: 1\nb:\n- x\n- k: "v"\n  l:\nc:\n  d: \'e\'\n', true],
    ['---\n# c\nbig: C:\\Program Files\nurl: http://x/y#z # c\n', true],
    ['a: [1, {b: c d}]\nt: |\n  x\n\n   y\nf: >-\n  x\n  y\n', true],
    ['{"a": [1,\n "b"]}\n', true],
    ['a: [1,\n  2]\n', false],
    ['a: b\n  c\n', false],
    ['a: 1\na: 2\n', false],
    ['<<: {}\n', false],
    ['', false],
  ])('%j is plain: %s', (text, plain) => {
    expect(inShort(text) !== undefined).toBe(plain);
  });
});
