import { describe, expect, test } from '@jest/globals';
import { evaluate, failure } from './test-templar.js';

// Words of errors that public playbooks match on (`'is undefined' in result.msg`). They are interface: see "Words that playbooks
// match on" in docs/ansible-compatibility.md, which lists them too.
const WORDS: readonly (readonly [template: string, words: string])[] = [
  ['{{ nope }}', "'nope' is undefined"],
  ['{{ nope }}', 'undefined variable'],
  ['{{ d.nope }}', "'dict object' has no attribute 'nope'"],
  ['{{ list[7] }}', 'list object has no element 7'],
  ['{{ users | map(attribute="nope") | list }}', "'dict object' has no attribute 'nope'"],
  ['{{ 1 / 0 }}', 'division by zero'],
  ['{{ true | unique }}', "'bool' object is not iterable"],
  ['{{ 3 in 4 }}', "argument of type 'int' is not iterable"],
  ['{{ 3 | length }}', "object of type 'int' has no len()"],
  ['{{ 1 < "a" }}', "'<' not supported between instances of 'int' and 'str'"],
  ['{{ [d] | unique(case_sensitive=false) }}', 'cannot fall back'],
  ['{{ "yo" | log }}', 'can only be used on numbers'],
  ['{{ "yo" | pow(4) }}', 'can only be used on numbers'],
  ['{{ "yo" | root }}', 'can only be used on numbers'],
  ['{{ "monkeys" | human_readable }}', 'failed on bad input'],
  ['{{ [] | rekey_on_member("a", duplicates="boo") }}', 'duplicates parameter to rekey_on_member has unknown value'],
  ['{{ "text" | rekey_on_member("a") }}', 'Type is not a valid list, set, or dict'],
  ['{{ [true] | rekey_on_member("a") }}', 'List item is not a valid dict'],
  ['{{ users | rekey_on_member("nope") }}', 'was not found'],
  ['{{ (users + users) | rekey_on_member("n") }}', 'is not unique, cannot correctly turn into dict'],
  ['{{ "http://x/" | urlsplit("bad") }}', 'unknown URL component'],
  ['{{ 3 | subelements("x") }}', 'must be a list of dicts or a nested dict'],
  ['{{ users | subelements(3) }}', 'subelements must be a list or a string'],
  ['{{ users | subelements("nope") }}', 'could not find'],
  ['{{ users | subelements("n") }}', 'should point to a list'],
  ['{{ users | subelements("n.x") }}', 'should point to a dictionary'],
  ['{{ query("subelements", 9001, "x") }}', 'expects a dictionary'],
  ['{{ query("subelements", true, "x") }}', 'first a dict or a list'],
  ['{{ query("subelements", users, "nope") }}', "could not find 'nope' key in iterated item"],
  ['{{ query("subelements", users, "n") }}', 'should point to a list'],
  ['{{ query("subelements", users, "n.x") }}', 'should point to a dictionary'],
  ['{{ query("subelements", users, "n", "wolves") }}', 'the optional third item must be a dict'],
  ['{{ query("subelements", users) }}', 'expects a list of two or three'],
  ['{{ query("subelements", users, true) }}', 'second a string'],
  ['{{ query("dict", [1]) }}', 'with_dict expects a dict'],
  ['{{ query("varnames", true) }}', 'Invalid setting identifier'],
  ['{{ query("varnames", "*") }}', 'Unable to use'],
  ['{{ query("varnames", "*") }}', 'nothing to repeat'],
  ['{{ lookup("vars", "nope") }}', 'No variable found with this name: nope'],
  ['{{ lookup("vars", 42) }}', 'Invalid setting identifier, "42" is not a string'],
];

// These are compared as a whole: place and hint stand beside them.
const WHOLE: readonly (readonly [template: string, message: string])[] = [
  ['{{ query("sequence", "start=0 junk=3") }}', "unrecognized arguments to with_sequence: ['junk']"],
  ['{{ query("sequence", "start=A end=3") }}', "can't parse start=A as integer"],
  ['{{ query("sequence", "A-4/2") }}', "can't parse start=A as integer"],
  ['{{ query("sequence", "1-4/C") }}', "can't parse stride=C as integer"],
  ['{{ query("sequence", "start=1") }}', 'must specify count or end in with_sequence'],
  ['{{ query("sequence", "end=1 count=2") }}', "can't specify both count and end in with_sequence"],
  ['{{ query("sequence", "start=4 end=1 stride=2") }}', 'to count backwards make stride negative'],
  ['{{ query("sequence", "start=1 end=4 stride=-2") }}', "to count forward don't make stride negative"],
  ['{{ query("sequence", "start=1 end=4 format=d") }}', 'bad formatting string: d'],
  ['{{ query("together") }}', 'with_together requires at least one element in each list'],
];

describe('words that playbooks match on', () => {
  test.each(WORDS)('%s: %s', (template, words) => {
    expect(failure(() => evaluate(template)).message).toContain(words);
  });

  test.each(WHOLE)('%s: %s, with a hint', (template, message) => {
    const { message: told, hint, place } = failure(() => evaluate(template));
    expect(told).toBe(message);
    expect(place?.at).toBe('source');
    expect(hint).toBeDefined();
  });
});

describe('what an undefined member is told with', () => {
  test('its path, and the nearest name', () => {
    const { message, hint } = failure(() => evaluate('{{ d.aa }}'));
    expect(message).toBe("An undefined variable is used, \"d.aa\": 'dict object' has no attribute 'aa'.");
    expect(hint).toContain('"a"');
  });
});

test('format tells with %r that a value is undefined', () => {
  expect(evaluate('{{ "%r" | format(nope) }}')).toBe("AnsibleUndefined(hint=None, obj=missing, name='nope')");
  expect(failure(() => evaluate('{{ "%s" | format(nope) }}')).code).toBe('undefined-variable');
});

describe('the lookup subelements', () => {
  test.each([
    [
      'leaves out what stands under its path',
      '{{ query("subelements", [{"a": {"b": [1], "c": 2}}], "a.b") }}',
      [[{ a: { c: 2 } }, 1]],
    ],
    [
      'passes over items that were skipped',
      '{{ query("subelements", [{"skipped": true, "a": [1]}, {"a": [2]}], "a") }}',
      [[{}, 2]],
    ],
    ['of a result that was skipped is empty', '{{ query("subelements", {"skipped": true}, "a.b") }}', []],
    [
      'with skip_missing passes over what leads through nothing',
      '{{ query("subelements", [{"a": none}], "a.b", {"skip_missing": true}) }}',
      [],
    ],
  ])('%s', (_what, template, value) => {
    expect(evaluate(template)).toEqual(value);
  });
});
