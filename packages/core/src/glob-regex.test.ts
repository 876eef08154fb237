import { describe, expect, test } from '@jest/globals';
import { globRegex } from './index.js';

describe('a shell pattern', () => {
  // What fnmatch.fnmatchcase says in Python 3.11.
  test.each<[string, string, boolean]>([
    ['web*', 'web1', true],
    ['web*', 'aweb1', false],
    ['w?b', 'w😀b', true],
    ['web[1-3]', 'web2', true],
    ['web[!1-3]', 'web2', false],
    ['web[z-a]', 'weba', false],
    ['web[!z-a]', 'weba', true],
    ['web[', 'web[', true],
    ['web[]', 'web[]', true],
    ['web[!]', 'web[!]', true],
    ['web[]a]', 'web]', true],
    ['web[!]a]', 'web]', false],
    ['web[a-]', 'web-', true],
    ['web[-a]', 'web-', true],
    ['web[^a]', 'web^', true],
    ['web[\\]', 'web\\', true],
    ['web[[]', 'web[', true],
    ['[a&&b]', '&', true],
    ['a.b', 'axb', false],
    ['a*b', 'a\nb', true],
    ['(a|b){2}+$', '(a|b){2}+$', true],
  ])('%s and %j: %s', (pattern, name, matches) => {
    expect(globRegex(pattern).test(name)).toBe(matches);
  });
});
