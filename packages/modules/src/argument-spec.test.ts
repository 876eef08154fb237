import { describe, expect, test } from '@jest/globals';
import { argumentErrors } from './argument-spec.js';

// The texts are ansible-core 2.14's answers to the same values.
describe('argumentErrors', () => {
  const options = {
    a_int: { type: 'int', required: true },
    a_choice: { choices: ['x', 'y'] },
    a_list: { type: 'list', elements: 'int' },
    a_dict: { type: 'dict', options: { k: { type: 'bool', required: true }, z: { type: 'path' } } },
    a_float: { type: 'float' },
  };
  test('nothing for arguments that are right, texts of numbers and lists included', () => {
    expect(argumentErrors(options, { a_int: '5', a_list: '1,2', a_dict: { k: 'yes' } })).toEqual([]);
    expect(argumentErrors(options, { a_int: 5, a_dict: 'k=no z=/tmp', a_choice: null })).toEqual([]);
  });
  test('everything that is wrong at once, in order of kind', () => {
    const given = { a_int: 'five', a_choice: 'q', a_list: [1, 'b'], a_dict: { z: 1, u: 2 }, a_float: 'x' };
    expect(argumentErrors(options, given)).toEqual([
      "argument 'a_int' is of type <class 'str'> and we were unable to convert to int: <class 'str'> cannot be converted to an int",
      "Elements value for option 'a_list' is of type <class 'str'> and we were unable to convert to int: <class 'str'> cannot be converted to an int",
      "argument 'a_float' is of type <class 'str'> and we were unable to convert to float: <class 'str'> cannot be converted to a float",
      'value of a_choice must be one of: x, y, got: q',
      'missing required arguments: k found in a_dict',
      'a_dict.u. Supported parameters include: k, z.',
    ]);
  });
  test('required ones are named together, aliases count', () => {
    expect(argumentErrors({ b: { required: true }, a: { required: 'yes' } }, {})).toEqual([
      'missing required arguments: a, b',
    ]);
    expect(argumentErrors({ b: { required: true, aliases: ['c'] } }, { c: 1 })).toEqual([]);
  });
  test('a choice that is a number is not met by another', () => {
    expect(argumentErrors({ c: { choices: [1, 2] } }, { c: 5 })).toEqual(['value of c must be one of: 1, 2, got: 5']);
    expect(argumentErrors({ c: { type: 'int', choices: [1, 2] } }, { c: '2' })).toEqual([]);
  });
  test('sizes', () => {
    expect(argumentErrors({ b: { type: 'bytes' } }, { b: '1K' })).toEqual([]);
    expect(argumentErrors({ b: { type: 'bytes' } }, { b: 'much' })).toHaveLength(1);
  });
});
