import { expect, test } from '@jest/globals';
import { RatchetError } from '@ratchet/core';
import fc from 'fast-check';
import { Templar } from './index.js';
import { data, failure, templar, template, vars } from './test-templar.js';

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
