import { describe, expect, test } from '@jest/globals';
import { Float } from '@ratchet/core';
import { decode, encode } from './recorded-data.js';

const throughJson = (value: unknown): unknown => decode(JSON.parse(JSON.stringify(encode(value))));

describe('recorded data', () => {
  test.each([
    ['whole numbers beyond 2^53', 18446744073709551615n],
    ['a whole float', new Float(2)],
    ['a float that is no number', new Float(Number.NaN)],
    ['a dict whose keys are numbers', new Map([[1, 'one']])],
    ['nesting', { list: [1n, { deep: new Float(1) }], text: 'a', none: null, yes: true }],
  ])('come back as they were: %s', (_, value) => {
    expect(throughJson(value)).toEqual(value);
  });

  test('data that looks like a tag comes back as a dict, not as what it pretends to be', () => {
    expect(throughJson({ $ratchet: 'int', value: '7' })).toEqual(
      new Map([
        ['$ratchet', 'int'],
        ['value', '7'],
      ]),
    );
  });
});
