import { describe, expect, test } from '@jest/globals';
import { tagsSelect } from './tag-selection.js';

describe('tags', () => {
  test.each([
    [[], [], [], true],
    [['a'], ['a'], [], true],
    [['a'], ['b'], [], false],
    [['always'], ['b'], [], true],
    [['always'], ['b'], ['always'], false],
    [['never'], [], [], false],
    [['never', 'x'], ['x'], [], true],
    [['a'], ['tagged'], [], true],
    [[], ['tagged'], [], false],
    [[], ['untagged'], [], true],
    [['a'], [], ['a'], false],
    [['a', 'b'], ['a'], ['b'], false],
    [['never'], ['all'], [], false],
    [['always', 'never'], [], [], true],
    [['always', 'never'], ['b'], [], true],
    [['always', 'never'], [], ['always'], false],
  ])('%j with --tags %j --skip-tags %j: %s', (tags, only, skip, expected) => {
    expect(tagsSelect(tags, only, skip)).toBe(expected);
  });
});
