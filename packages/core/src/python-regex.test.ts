import { describe, expect, test } from '@jest/globals';
import { pythonRegex } from './index.js';

const first = (pattern: string, text: string, flags = {}) =>
  pythonRegex(pattern, flags, 'template-error').exec(text)?.[0] ?? null;

describe('a regular expression of Python', () => {
  // What re.search finds in Python 3.11.
  test.each<[string, string, string | null]>([
    ['\\w+', 'Zürich!', 'Zürich'],
    ['\\bb\\w*', 'übel b', 'b'],
    ['\\Bb', 'übel', 'b'],
    ['[^\\W\\d_]+', '1_äö2', 'äö'],
    ['[\\w.-]+', ' é.x-1 ', 'é.x-1'],
    ['\\d', '٣', '٣'],
    ['a{,2}$', 'aaa', 'aa'],
    ['x{a}', 'x{a}', 'x{a}'],
    ['a.b', 'a😀b', 'a😀b'],
    ['[😀]', '😀', '😀'],
    ['[]a]+', 'a]b', 'a]'],
    ['[^]a]', ']ab', 'b'],
    ['[a&&b-]+', 'a&b-', 'a&b-'],
    ['(a)\\1', 'aa', 'aa'],
    ['(?P<n>a)(?P=n)', 'aa', 'aa'],
    ['\\101\\x42\\u0043', 'ABC', 'ABC'],
    ['[\\101\\]\\-]+', 'A]-', 'A]-'],
    ['a(?#comment)b', 'ab', 'ab'],
    ['(?x) a \\s b  # end', 'a b', 'a b'],
    ['(?i)straße', 'STRAßE', 'STRAßE'],
    ['(?a)\\w+', 'aé', 'a'],
    ['(?s)a.b', 'a\nb', 'a\nb'],
    ['a$', 'a\n', 'a'],
    ['a\\Z', 'a\n', null],
    ['(?m)^b$', 'a\nb\nc', 'b'],
    ['(?m)^b', 'a\rb', null],
    ['a\\sb', 'a\x1cb', 'a\x1cb'],
    ['a\\sb', 'a\ufeffb', null],
    ['C:\\\\W', 'C:\\W', 'C:\\W'],
    ['a\\/b\\"\\_', 'a/b"_', 'a/b"_'],
    ['(?<=a)b(?!c)', 'ab', 'b'],
  ])('%s in %j', (pattern, text, found) => {
    expect(first(pattern, text)).toBe(found);
  });

  test.each(['a\\q', '(a)\\g', '(', '[a', 'a**', '(?L)a', '(?z)a', 'a\\', '(a)\\2', '[\\q]'])(
    '%s is none',
    (pattern) => {
      expect(() => first(pattern, '')).toThrow(expect.objectContaining({ code: 'template-error' }));
    },
  );

  test('flags from outside count like those in front', () => {
    expect(first('^B', 'a\nb', { multiline: true, ignoreCase: true })).toBe('b');
    expect(first('\\w+', 'aé', { ascii: true })).toBe('a');
    expect(first('(?i)b|A', 'ab', { find: 'match' })).toBe('a');
    expect(first('b', 'ab', { find: 'match' })).toBeNull();
    expect(first('a|ab', 'ab', { find: 'fullmatch' })).toBe('ab');
    expect(first('a', 'a\n', { find: 'fullmatch' })).toBeNull();
  });
});
