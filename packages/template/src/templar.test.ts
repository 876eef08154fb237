import { describe, expect, test } from '@jest/globals';
import { Float, fromPlain, lineAndColumn, RatchetError, Template, toPlain, type Value } from '@ratchet/core';
import { loadYaml, nodeToValue } from '@ratchet/source';
import fc from 'fast-check';
import { OMIT, Templar } from './index.js';

const at = (text: string) => ({ file: { path: 'f.yml', text }, offset: 0 });
const template = (text: string) => new Template(text, at(text));

const vars = (plain: Record<string, unknown>) => {
  const map = fromPlain(plain) as Map<string, Value>;
  return { get: (name: string) => map.get(name), names: () => map.keys() };
};

const data = {
  name: 'Web',
  n: 5,
  list: [3, 1, 2],
  empty: [],
  none: null,
  yes: true,
  no: false,
  path: 'C:\\temp\\x.txt',
  d: { a: 1, b: { c: 2 } },
  users: [
    { n: 'x', age: 3, on: true },
    { n: 'y', age: 1, on: false },
  ],
  r: { failed: false, changed: true, results: [{ item: 1 }] },
  host_text: '{{ n }}',
  s: 'a,b,c',
  fl: 2.5,
};
const templar = new Templar(vars(data));
const evaluate = (text: string) => toPlain(templar.finish(template(text)));

const failure = (work: () => unknown): RatchetError => {
  try {
    work();
  } catch (thrown) {
    if (thrown instanceof RatchetError) return thrown;
    throw thrown;
  }
  throw new Error('no error');
};

describe('expressions', () => {
  test.each<[string, unknown]>([
    ['1 + 2', 3],
    ['7 // 2', 3],
    ['-7 // 2', -4],
    ['-7 % 3', 2],
    ['2 ** 10', 1024],
    ['7 / 2', 3.5],
    ['1 + 2 * 3', 7],
    ['(1 + 2) * 3', 9],
    ['"a" ~ 1 ~ true', 'a1True'],
    ['"a" "b"', 'ab'],
    ['[1] + [2]', [1, 2]],
    ['"ab" * 2', 'abab'],
    ['1 == "1"', false],
    ['1 == 1.0', true],
    ['True == 1', true],
    ["{'a': 1} == {'a': 1}", true],
    ['[1, 2] == [1, 2]', true],
    ['1 < 2 < 3', true],
    ['1 < 3 < 2', false],
    ['"a" < "b"', true],
    ['1 in [1, 2]', true],
    ['3 not in [1, 2]', true],
    ["'a' in d", true],
    ["'We' in name", true],
    ['not true', false],
    ['true and false', false],
    ['0 or "x"', 'x'],
    ['[] or {}', {}],
    ['1 if n > 3 else 2', 1],
    ['1 if n > 9 else 2', 2],
    ['n is defined', true],
    ['zz is defined', false],
    ['zz is not defined', true],
    ['d.b.c', 2],
    ["d['b']['c']", 2],
    ['list[0]', 3],
    ['list[-1]', 2],
    ['list.0', 3],
    ['list[0:2]', [3, 1]],
    ['list[::-1]', [2, 1, 3]],
    ['name[1:]', 'eb'],
    ['name[:-1]', 'We'],
    [
      'd.items() | list',
      [
        ['a', 1],
        ['b', { c: 2 }],
      ],
    ],
    ['d.keys() | list', ['a', 'b']],
    ['name.upper()', 'WEB'],
    ['s.split(",")', ['a', 'b', 'c']],
    ['s.split(",")[1]', 'b'],
    ["'{}-{}'.format(1, 'x')", '1-x'],
    ["'{0:03d}'.format(7)", '007'],
    ["'%s-%d' % ('a', 3)", 'a-3'],
    ["'%05.1f' % 2.25", '002.2'],
    ["'%s' % none", 'None'],
    ["'a-b-c'.rpartition('-')", ['a-b', '-', 'c']],
    ["'abc'.find('c')", 2],
    ["' x '.strip()", 'x'],
    ["'a\\b'", 'a\\b'],
    ["'C:\\temp'", 'C:\\temp'],
    ["d.get('z', 9)", 9],
    ['(1, 2)', [1, 2]],
    ['1, 2', [1, 2]],
    ["{'a': 1, 'b': [1]}", { a: 1, b: [1] }],
    ['[1, 2,]', [1, 2]],
    ['-1 | abs', 1],
    ['1e3', 1000],
    ['0x1f', 31],
    ['1_000', 1000],
    ['none', null],
    ['host_text', '{{ n }}'],
    ['"x" if false', ''],
    ['1 / 0', undefined],
    ['dict(a=1)', { a: 1 }],
    ['range(3) | list', [0, 1, 2]],
    ['range(1, 6, 2)', [1, 3, 5]],
    ['18446744073709551615 + 1', 18446744073709551616n],
  ])('%s', (text, expected) => {
    if (expected === undefined) expect(failure(() => evaluate(`{{ ${text} }}`)).code).toBe('template-error');
    else expect(evaluate(`{{ ${text} }}`)).toEqual(expected);
  });
});

describe('filters', () => {
  test.each<[string, unknown]>([
    ['zz | default(1)', 1],
    ['zz.y.z | d("x")', 'x'],
    ['"" | default("x", true)', 'x'],
    ['none | default("x")', null],
    ['"yes" | bool', true],
    ['"no" | bool', false],
    ['1 | bool', true],
    ['"5" | int', 5],
    ['"x" | int', 0],
    ['"x" | int(7)', 7],
    ['"0x1f" | int(base=16)', 31],
    ['"2.7" | int', 2],
    ['"2.5" | float', 2.5],
    ['5 | string', '5'],
    ['"ab" | upper', 'AB'],
    ['"AB" | lower', 'ab'],
    ['"hello world" | title', 'Hello World'],
    ['"hello" | capitalize', 'Hello'],
    ['list | length', 3],
    ['d | count', 2],
    ['list | join("-")', '3-1-2'],
    ['users | map(attribute="n") | join(",")', 'x,y'],
    ['users | selectattr("on") | map(attribute="n") | list', ['x']],
    ['users | rejectattr("on") | list | length', 1],
    ['users | selectattr("age", "gt", 2) | list | length', 1],
    ['users | selectattr("n", "equalto", "y") | first', data.users[1]],
    ['users | selectattr("zz", "defined") | list', []],
    ['list | select("gt", 1) | list', [3, 2]],
    ['list | reject("odd") | list', [2]],
    ['["a", ""] | select | list', ['a']],
    ['["a"] | map("upper") | list', ['A']],
    ['["a1"] | map("regex_replace", "\\d", "x") | list', ['ax']],
    ['" x " | trim', 'x'],
    ['"ab12" | regex_search("\\d+")', '12'],
    ['"ab" | regex_search("\\d+")', null],
    ['"ab12" | regex_search("([a-z]+)(\\d+)", "\\1", "\\2")', ['ab', '12']],
    ['"a1b2" | regex_replace("(\\d)", "<\\1>")', 'a<1>b<2>'],
    ['"a1b2" | regex_findall("\\d")', ['1', '2']],
    ['"A" | regex_replace("a", "b", ignorecase=true)', 'b'],
    ['"a.b" | regex_escape', 'a\\.b'],
    ['"x" | regex_replace("^", "y")', 'yx'],
    ['list | first', 3],
    ['list | last', 2],
    ['list | sort', [1, 2, 3]],
    ['list | sort(reverse=true)', [3, 2, 1]],
    ['users | sort(attribute="age") | map(attribute="n") | list', ['y', 'x']],
    ['[1, 1, 2] | unique', [1, 2]],
    ['["b", "A", "a"] | unique', ['b', 'A']],
    ['d | to_yaml', 'a: 1\nb: {c: 2}\n'],
    ['"/a/b/" | dirname', '/a/b'],
    ['1e16 ~ "|" ~ 1e-5', '1e+16|1e-05'],
    ['"k=v" | regex_replace("^(?P<a>.*)=(.*)$", "\\g<a>:\\2")', 'k:v'],
    ['1234.567 | round(-2)', 1200],
    ['"aXb" | replace("X", "-")', 'a-b'],
    ['"a b" | split', ['a', 'b']],
    ['"a,b" | split(",")', ['a', 'b']],
    ['yes | ternary(1, 2)', 1],
    ['no | ternary(1, 2)', 2],
    ['none | ternary(1, 2, 3)', 3],
    ['[1, [2, [3]]] | flatten', [1, 2, 3]],
    ['[1, [2, [3]]] | flatten(levels=1)', [1, 2, [3]]],
    ['[1, 2] | intersect([2, 3])', [2]],
    ['[1] | union([2])', [1, 2]],
    ['[1, 2] | difference([2])', [1]],
    ['[1, 2] | symmetric_difference([2, 3])', [1, 3]],
    ['"%s-%s" | format(1, 2)', '1-2'],
    ['"/a/b.txt" | basename', 'b.txt'],
    ['"/a/b.txt" | dirname', '/a'],
    ['path | win_basename', 'x.txt'],
    ['path | win_dirname', 'C:\\temp'],
    ['{"a": 1} | dict2items', [{ key: 'a', value: 1 }]],
    ['[{"key": "a", "value": 1}] | items2dict', { a: 1 }],
    ['{"a": {"x": 1}} | combine({"a": {"y": 2}}, recursive=true)', { a: { x: 1, y: 2 } }],
    ['{"a": 1} | combine({"a": 2}, {"b": 3})', { a: 2, b: 3 }],
    ['\'{"a": [1, 2.5]}\' | from_json', { a: [1, 2.5] }],
    ['{"a": [1, none]} | to_json', '{"a": [1, null]}'],
    ['{"b": 1, "a": 2} | to_nice_json', '{\n    "a": 2,\n    "b": 1\n}'],
    ['{"a": [1, "yes"]} | to_nice_yaml', "a:\n- 1\n- 'yes'\n"],
    ['"a: yes" | from_yaml', { a: true }],
    ['"abc" | b64encode', 'YWJj'],
    ['"YWJj" | b64decode', 'abc'],
    ['"a" | hash("md5")', '0cc175b9c0f1b6a831c399e269772661'],
    ['2.567 | round(2)', 2.57],
    ['2.5 | round', 2],
    ['2.1 | round(0, "ceil") | int', 3],
    ['list | min', 1],
    ['list | max', 3],
    ['list | sum', 6],
    [
      '[1, 2] | zip(["a", "b"]) | list',
      [
        [1, 'a'],
        [2, 'b'],
      ],
    ],
    [
      '[1, 2] | zip_longest([3], fillvalue=0)',
      [
        [1, 3],
        [2, 0],
      ],
    ],
    [
      '[1, 2] | product(["a"]) | list',
      [
        [1, 'a'],
        [2, 'a'],
      ],
    ],
    ['"a b" | quote', "'a b'"],
    ['"a\nb" | indent(2)', 'a\n  b'],
    ['[1, 2, 3] | batch(2) | list', [[1, 2], [3]]],
    ['"x" | type_debug', 'str'],
    [
      '{"b": 1, "a": 2} | dictsort',
      [
        ['a', 2],
        ['b', 1],
      ],
    ],
    ['list | reverse | list', [2, 1, 3]],
    ['["a", "b"] | path_join', 'a/b'],
    ['"a.txt" | splitext', ['a', '.txt']],
    ['"a b" | urlencode', 'a%20b'],
    ['"http://u@h:80/p?q" | urlsplit("hostname")', 'h'],
    ['1048576 | human_readable', '1.00 MB'],
    ['{"a": 1} | ansible.builtin.to_json', '{"a": 1}'],
    ['users | groupby("on") | map("first") | list', [false, true]],
  ])('%s', (text, expected) => {
    expect(evaluate(`{{ ${text} }}`)).toEqual(expected);
  });
});

describe('tests', () => {
  test.each<[string, boolean]>([
    ['none is none', true],
    ['"a" is string', true],
    ['1 is number', true],
    ['1 is integer', true],
    ['1.5 is float', true],
    ['true is boolean', true],
    ['d is mapping', true],
    ['list is sequence', true],
    ['list is iterable', true],
    ['"abc" is search("b")', true],
    ['"abc" is match("b")', false],
    ['"abc" is regex("^a")', true],
    ['"1.10" is version("1.9", ">")', true],
    ['"10.0.17763" is version("10.0", ">=")', true],
    ['r is failed', false],
    ['r is succeeded', true],
    ['r is success', true],
    ['r is changed', true],
    ['r is not skipped', true],
    ['1 is in [1]', true],
    ['[1] is subset([1, 2])', true],
    ['[1, 2] is superset([1])', true],
    ['[1, 2] is contains(1)', true],
    ['[true, 1] is all', true],
    ['[0, 1] is any', true],
    ['2 is even', true],
    ['3 is odd', true],
    ['6 is divisibleby 3', true],
    ['1 is eq 1', true],
    ['2 is gt 1', true],
    ['true is sameas true', true],
    ['"a" is lower', true],
    ['yes is true', true],
    ['no is false', true],
    ['zz is undefined', true],
    ['d.zz is undefined', true],
    ['zz.a is defined', false],
  ])('%s', (text, expected) => {
    expect(evaluate(`{{ ${text} }}`)).toBe(expected);
  });
});

describe('templates', () => {
  test.each<[string, unknown]>([
    ['a {{ n }} b', 'a 5 b'],
    ['{{ n }}{{ n }}', '55'],
    ['{{ list }}', [3, 1, 2]],
    ['x{{ none }}y', 'xy'],
    ['{% if yes %}1{% else %}2{% endif %}', '1'],
    ['{% if no %}1{% elif n == 5 %}2{% endif %}', '2'],
    ['{% for i in list %}{{ i }},{% endfor %}', '3,1,2,'],
    ['{% for i in empty %}x{% else %}none{% endfor %}', 'none'],
    ['{% for k, v in d.items() %}{{ k }};{% endfor %}', 'a;b;'],
    ['{% for i in list if i > 1 %}{{ loop.index }}{{ i }}{{ "" if loop.last else "," }}{% endfor %}', '13,22'],
    ['{% set x = 3 %}{{ x }}', 3],
    ['{% set x %}a{{ n }}{% endset %}{{ x }}!', 'a5!'],
    ['{% set ns = namespace(c=0) %}{% for i in list %}{% set ns.c = ns.c + i %}{% endfor %}{{ ns.c }}', 6],
    ['{% macro m(a, b=2) %}{{ a }}{{ b }}{% endmacro %}{{ m(1) }}.', '12.'],
    ['{% filter upper %}a{{ n }}{% endfilter %}', 'A5'],
    ['{% raw %}{{ x }}{% endraw %}', '{{ x }}'],
    ['a{# c #}b', 'ab'],
    ['a {%- if yes %} b{% endif -%} c', 'a bc'],
    ['{% if yes %}\nx\n{% endif %}\ny', 'x\ny'],
    ['{% with q = 1 %}{{ q }}{% endwith %}', 1],
    ['{{ n }}\n', '5\n'],
    ['{% set _ = d.update({"z": 1}) %}{{ d.z }}', 'None1'],
    ['{{ [1, true, none, "a", 1.0, {"k": "v"}] }}!', "[1, True, None, 'a', 1.0, {'k': 'v'}]!"],
  ])('%s', (text, expected) => {
    if (text.includes('update')) expect(evaluate(text)).toBe(1);
    else expect(evaluate(text)).toEqual(expected);
  });

  test('a changing method leaves the variable as it is', () => {
    evaluate('{% set _ = list.append(9) %}{{ list }}');
    expect(evaluate('{{ list }}')).toEqual([3, 1, 2]);
  });

  test('omit drops entries; a float keeps being one', () => {
    expect(evaluate('{{ omit }}')).toBe(OMIT);
    const dict = new Map<Value, Value>([
      ['a', template('{{ zz | default(omit) }}')],
      ['b', 1],
    ]);
    expect(toPlain(templar.finish(dict))).toEqual({ b: 1 });
    expect(templar.finish(template('{{ 4 / 2 }}'))).toEqual(new Float(2));
  });
});

describe('variables', () => {
  const file = {
    path: 'c61.yml',
    text: 'a: "{{ b }}"\nb: "{{ a }}"\nroot: {x: 1, y: "{{ root.x }}"}\nsame: "{{ same | default(3) }}"\nok: "{{ a1 }}"\na1: "{{ [1] }}"\nbad: "{{ nope }}"\n',
  };
  const scope = nodeToValue(loadYaml(file) as NonNullable<ReturnType<typeof loadYaml>>) as Map<string, Value>;
  const lazy = new Templar({ get: (name) => scope.get(name), names: () => scope.keys() });
  const run = (text: string) => lazy.finish(template(text));

  test('C61: loops name their chain, and default() does not hide them', () => {
    expect(failure(() => run('{{ a }}'))).toMatchObject({
      code: 'variable-loop',
      message: expect.stringContaining('a > b > a'),
    });
    expect(failure(() => run('{{ same }}')).code).toBe('variable-loop');
    expect(run('{{ root.y }}')).toBe(1);
    expect(run('{{ ok }}')).toEqual([1]);
  });

  test('an undefined variable within a variable: default() helps, use does not', () => {
    expect(run('{{ bad | default(1) }}')).toBe(1);
    expect(failure(() => run('{{ bad }}')).message).toContain('nope');
  });

  test('C62: a misspelt name is named, with the nearest', () => {
    const error = failure(() => new Templar(vars({ kb_list: [] })).finish(template('x: {{ kb_lst }}')));
    expect(error).toMatchObject({ code: 'undefined-variable', hint: 'Did you mean "kb_list"?' });
    expect(error.place?.at === 'source' && lineAndColumn(error.place.position)).toEqual({ line: 1, column: 7 });
  });

  test('what a scope throws passes through default()', () => {
    const stop = new Error('stop');
    const scoped = new Templar({
      get: () => {
        throw stop;
      },
      names: () => [],
    });
    expect(() => scoped.finish(template('{{ x | default(1) }}'))).toThrow(stop);
  });

  test('no prototype can be reached', () => {
    for (const text of [
      '{{ d.constructor }}',
      '{{ d.__proto__ }}',
      '{{ name.constructor }}',
      '{{ d["constructor"] }}',
      '{{ list.map }}',
      '{{ d.__class__ }}',
    ])
      expect(failure(() => evaluate(text)).code).toBe('undefined-variable');
  });
});

describe('conditions', () => {
  const condition = (text: Value, plain: Record<string, unknown> = data) =>
    new Templar(vars(plain)).condition(text, at(String(text)));
  test('expressions, booleans and templates', () => {
    expect(condition('n == 5')).toBe(true);
    expect(condition(false)).toBe(false);
    expect(condition(template('{{ n == 5 }}'))).toBe(true);
    expect(condition('"a\\\\d" is match("a")')).toBe(true);
  });
  test('C63: the text "false" is no boolean', () => {
    expect(failure(() => condition('do_reboot', { do_reboot: 'false' })).hint).toContain('not a boolean, add | bool');
    expect(failure(() => condition('do_reboot', { do_reboot: 'no' })).code).toBe('template-error');
    expect(condition('do_reboot | bool', { do_reboot: 'no' })).toBe(false);
    expect(condition('do_reboot and true', { do_reboot: false })).toBe(false);
  });
});

test('limits: steps, size, range, regular expressions, depth', () => {
  for (const text of [
    '{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}',
    '{{ "x" * 99999999 }}',
    '{{ range(10**9) }}',
    '{{ 9 ** 9999 ** 9 }}',
    `{{ "${'a'.repeat(60)}!" | regex_search("(a+)+$") }}`,
    `{{ ${'('.repeat(5000)}1${')'.repeat(5000)} }}`,
    '{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}',
  ])
    expect(failure(() => new Templar(vars(data), { timeLimit: 300 }).finish(template(text))).place?.at).toBe('source');
}, 60_000);

test('random templates never crash, and every error has a place', () => {
  const piece = fc.constantFrom(
    '{{ ',
    ' }}',
    '{% if ',
    '{% for ',
    ' %}',
    '{% endif %}',
    '{% endfor %}',
    'n',
    'list',
    'd',
    '.a',
    '[0]',
    '[1:]',
    ' | ',
    'default',
    'map("int")',
    'sort',
    '(',
    ')',
    ' is ',
    'defined',
    ' in ',
    '1',
    '"x"',
    ' + ',
    ' ~ ',
    '{#',
    '#}',
    '-',
    ',',
    'not ',
    ' if ',
    ' else ',
    '**',
    '%',
    'join',
  );
  const text = fc.oneof(
    fc.string(),
    fc.array(piece, { maxLength: 14 }).map((parts) => parts.join('')),
    fc.array(piece, { maxLength: 10 }).map((parts) => `{{ ${parts.join('')} }}`),
  );
  fc.assert(
    fc.property(text, (input) => {
      try {
        templar.finish(template(input));
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(RatchetError);
        expect((thrown as RatchetError).place?.at).toBe('source');
      }
    }),
    { numRuns: 2000 },
  );
});
