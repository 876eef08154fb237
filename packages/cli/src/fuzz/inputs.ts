import fc from 'fast-check';

/** One input of the fuzzer: a good text with one to three edits, or tokens thrown together. */
export interface FuzzInput {
  readonly text: string;
  readonly edited: boolean;
}

/** The pieces that random inputs of a language are made of. */
export interface Alphabet {
  readonly seeds: readonly string[];
  readonly tokens: readonly string[];
}

export const YAML_TOKENS = [
  ...[
    '- ',
    'a: ',
    'b:\n',
    '\n',
    '  ',
    '    ',
    '"',
    "'",
    '{',
    '}',
    '[',
    ']',
    ', ',
    '#',
    '|',
    '>',
    '|-\n',
    '>+\n',
    '&x ',
    '*x',
    '<<: ',
  ],
  ...[
    '!vault ',
    '!unsafe ',
    '!!int ',
    '!!str ',
    '---\n',
    '...\n',
    '? ',
    ': ',
    '\t',
    '%',
    '@',
    '`',
    '~',
    'null',
    'yes',
    '0644',
    '1_0',
    '1:30',
    '.inf',
    '0x1f',
  ],
  ...[
    '2020-01-01',
    '{{ a }}',
    '{% if %}',
    '\\',
    '\u0000',
    '\ufeff',
    'é',
    '\u{1f600}',
    '\r\n',
    '$ANSIBLE_VAULT;1.1;AES256\n',
    '3361',
    '-1.5e+3',
    '=',
  ],
];

export const JINJA_TOKENS = [
  ...[
    '{{ ',
    ' }}',
    '{% ',
    ' %}',
    '{#',
    '#}',
    '{{- ',
    ' -}}',
    '{%- ',
    '+%}',
    'if ',
    'else',
    'endif',
    'for x in ',
    'endfor',
    'set x = ',
    'macro m(a)',
    'endmacro',
  ],
  ...[
    'raw',
    'endraw',
    'l',
    'd',
    'n',
    's',
    'x',
    '.a',
    '[0]',
    '[1:',
    ']',
    '(',
    ')',
    '{',
    '}',
    ', ',
    ': ',
    ' | ',
    'upper',
    'default(1)',
    'map("int")',
    ' is ',
    'defined',
    'not ',
  ],
  ...[
    ' and ',
    ' or ',
    ' in ',
    ' == ',
    ' < ',
    ' + ',
    ' - ',
    ' * ',
    ' ** ',
    ' // ',
    ' % ',
    ' ~ ',
    '"a"',
    "'b'",
    '1',
    '2.5',
    '0x1f',
    'none',
    'true',
    'range(5)',
    'loop.index',
    '\\',
    '\n',
  ],
  ...[
    '__class__',
    'constructor',
    '"%s" % ',
    '.format(',
    'namespace(a=1)',
    'lookup("vars", ',
    'join(",")',
    'regex_replace("(a+)+$", "")',
    'recursive',
    '*',
    '**',
  ],
];

export const INVENTORY_TOKENS = [
  ...[
    '[',
    ']',
    '[web]\n',
    '[web:vars]\n',
    '[all:children]\n',
    ':vars',
    ':children',
    'web',
    'h[1:3]',
    'h[a:c:2]',
    '\n',
    ' ',
  ],
  ...['a=1', "b='x y'", 'c="[1, 2]"', '=', '#', ';', ':22', '::1', '[2001:db8::1]:22', 'ansible_host=', '{{ a }}', "'"],
  ...['"', '\\', 'all:\n', '  hosts:\n', '  children:\n', '  vars:\n', '    ', ': {}', ': ', '- ', '&x ', '*x', '\t'],
  ...['plugin: constructed\n', 'groups: ', 'compose: ', 'null', '1', '\u0000', '\ufeff', '\r\n', 'é', ','],
];

const PRIME = 10_007;

type Edit = (text: string) => string;

const edit = (tokens: readonly string[]): fc.Arbitrary<Edit> =>
  fc
    .record({
      // Spread over the whole text: fast-check prefers small numbers.
      at: fc.integer({ min: 1, max: PRIME - 1 }).map((at) => ((at * 7919) % PRIME) / PRIME),
      length: fc.integer({ min: 1, max: 2 }),
      kind: fc.constantFrom('delete', 'insert', 'replace', 'repeat', 'swap'),
      token: fc.oneof(fc.constantFrom(...tokens), fc.string({ minLength: 1, maxLength: 2 })),
    })
    .map(({ at, length, kind, token }) => (text: string) => {
      const start = Math.floor(at * text.length);
      const [head, part, tail] = [text.slice(0, start), text.slice(start, start + length), text.slice(start + length)];
      if (kind === 'delete') return head + tail;
      if (kind === 'insert') return head + token + part + tail;
      if (kind === 'replace') return head + token + tail;
      return kind === 'repeat' ? head + part + part + tail : head + [...part].reverse().join('') + tail;
    });

/** So many inputs of a language, the same for the same seed; every second one is an edited good text. */
export const fuzzInputs = ({ seeds, tokens }: Alphabet, count: number, seed: number): readonly FuzzInput[] => {
  const edited = fc
    .record({ text: fc.constantFrom(...seeds), edits: fc.array(edit(tokens), { minLength: 1, maxLength: 3 }) })
    .map(({ text, edits }) => ({ text: edits.reduce((now, change) => change(now), text), edited: true }));
  const thrown = fc
    .array(
      fc.oneof(
        { weight: 6, arbitrary: fc.constantFrom(...tokens) },
        { weight: 1, arbitrary: fc.string({ maxLength: 4 }) },
      ),
      {
        minLength: 1,
        maxLength: 25,
      },
    )
    .map((parts) => ({ text: parts.join(''), edited: false }));
  const half = Math.ceil(count / 2);
  return [...fc.sample(edited, { numRuns: half, seed }), ...fc.sample(thrown, { numRuns: count - half, seed })];
};
