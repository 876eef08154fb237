import { describe, expect, test } from '@jest/globals';
import { fromPlain, RatchetError, Template, type Value } from '@ratchet/core';
import { checkTemplate, Templar } from './index.js';

const variables = new Map<string, Value>([
  ['d', fromPlain({ a: 1 })],
  ['l', fromPlain([1, 2])],
  ['s', 'text'],
]);
const scope = { get: (name: string) => variables.get(name), names: () => variables.keys() };
const at = (text: string) => new Template(text, { file: { path: 'f.yml', text }, offset: 0 });

const failure = (work: () => unknown): RatchetError => {
  try {
    work();
  } catch (thrown) {
    if (thrown instanceof RatchetError) return thrown;
    throw thrown;
  }
  throw new Error('There was no error.');
};

describe('a template that would never end or fill the memory is an error at its place', () => {
  const templar = new Templar(scope, { timeLimit: 500, sizeLimit: 100_000 });
  test.each([
    '{{ "x" * 99999999 }}',
    '{{ [0] * 99999999 }}',
    '{{ range(99999999) | list }}',
    '{{ 9 ** 999999999 }}',
    '{% for i in range(90000) %}{% for j in range(90000) %}{{ j }}{% endfor %}{% endfor %}',
    '{% for i in range(90000) %}{{ "xxxxxxxxxx" }}{% endfor %}',
    '{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}',
    '{% set x = ["y"] %}{% for i in range(40) %}{% set _ = x.append(x | join) %}{% endfor %}{{ x }}',
    '{{ "%999999999d" % 1 }}',
    '{{ "{:999999999}".format(1) }}',
    '{{ range(20) | permutations | list }}',
    '{{ range(50) | combinations(25) | list }}',
    '{{ range(99) | product(repeat=9) | list }}',
    '{{ "pw" | password_hash("sha512", "salt", rounds=999999999) }}',
    `{{ "${'a'.repeat(40)}!" | regex_search("(a+)+$") }}`,
    `{{ ${'('.repeat(400)}1${')'.repeat(400)} }}`,
    `{{ l | json_query("${'('.repeat(400)}a${')'.repeat(400)}") }}`,
    '{{ query("sequence", "start=1 end=999999999") }}',
    '{{ [1] | batch(300000000, "x") }}',
  ])('%s', (text) => {
    const error = failure(() => templar.finish(at(text)));
    expect(error.code).not.toBe('internal');
    expect(error.place?.at).toBe('source');
  });
});

describe('a template never reaches what is inside a value', () => {
  const templar = new Templar(scope);
  test.each([
    '{{ d.constructor }}',
    '{{ d["__proto__"] }}',
    '{{ l.constructor }}',
    '{{ l["length"] }}',
    '{{ s.__class__ }}',
    '{{ s["constructor"] }}',
    '{{ d | attr("constructor") }}',
    '{{ d | attr("__proto__") }}',
    '{{ [d] | map(attribute="constructor") | list }}',
    '{{ [d] | map("constructor") | list }}',
    '{{ "{0.constructor}".format(d) }}',
    '{{ "{0.__class__}".format(s) }}',
    '{{ "%(constructor)s" % d }}',
    '{{ range.constructor("return 1")() }}',
    '{{ lookup.call }}',
    '{{ dict(a=1).constructor }}',
    '{{ namespace(a=1).constructor }}',
    '{{ cycler(1).constructor }}',
    '{{ now().constructor }}',
    '{{ s | constructor }}',
    '{{ s is __proto__ }}',
    '{{ lookup("constructor", 1) }}',
    '{{ "constructor" | extract(d) }}',
  ])('%s', (text) => {
    expect(['undefined-variable', 'template-error']).toContain(failure(() => templar.finish(at(text))).code);
  });

  test('nor does a query of JMESPath', () => {
    expect(templar.finish(at('{{ d | json_query("constructor") }}'))).toBeNull();
    expect(templar.finish(at('{{ d | json_query("\\"__proto__\\"") }}'))).toBeNull();
  });
});

describe('what a playbook names is checked where it is read', () => {
  test.each([
    ['{{ s | uper }}', 'There is no filter "uper".', 'upper'],
    ['x{{ s is defind }}', 'There is no test "defind".', 'defined'],
    ['{{ lookup("fil", "x") }}', 'There is no lookup "fil".', 'file'],
    ['{% filter uper %}{% endfilter %}', 'There is no filter "uper".', 'upper'],
    ['{{ lookup("url", "http://h") }}', 'The lookup "url" is not supported.', 'task'],
    ['{{ s | vault("pw") }}', 'The filter "vault" is not supported.', 'ansible-vault'],
  ])('%s', (text, message, hint) => {
    const error = failure(() => checkTemplate(at(text)));
    expect(error.message).toBe(message);
    expect(error.hint).toContain(hint);
    expect(error.place?.at).toBe('source');
  });
});
