import { describe, expect, test } from '@jest/globals';
import { RatchetError, toRatchetError } from '@ratchet/core';
import { failureOf } from './results.js';

describe('a failure as events carry it', () => {
  test('has the stack of a fault of Ratchet itself, from where it was thrown', () => {
    const { code, stack } = failureOf(toRatchetError(new TypeError('o is not a function')), undefined);
    expect(code).toBe('internal');
    expect(stack).toMatch(/^TypeError: o is not a function\n +at .*results\.test\.ts/);
  });

  test('has no stack where the host or the playbook is to blame', () => {
    expect(failureOf(new RatchetError('command-failed', 'It ended with 1.'), undefined)).toEqual({
      code: 'command-failed',
      message: 'It ended with 1.',
    });
  });
});
