import { describe, expect, test } from '@jest/globals';
import { evaluate } from './test-templar.js';

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
