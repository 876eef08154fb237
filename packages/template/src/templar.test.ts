import { describe, expect, test } from '@jest/globals';
import { Float, lineAndColumn, toPlain, type Value } from '@ratchet/core';
import { loadYaml, nodeToValue } from '@ratchet/source';
import { OMIT, Templar } from './index.js';
import { at, data, evaluate, failure, templar, template, vars } from './test-templar.js';

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
    // Jinja drops the last line break; a text gets it back.
    ['{{ n }}\n', 5],
    ['x{{ n }}\n', 'x5\n'],
    ['{% if yes %}x{% endif %}\n', 'x\n'],
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
