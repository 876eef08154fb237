import { describe, expect, test } from '@jest/globals';
import type { Value } from '@ratchet/core';
import type { Loop } from '@ratchet/playbook';
import { type LookUp, loopValues } from './loop-items.js';

const position = { file: { path: 'play.yml', text: '' }, offset: 0 };
const loop = (kind: Loop['kind']): Loop => ({ kind, value: null, position });

describe('with_ forms that are lookups', () => {
  test('are asked by their name, a list of terms one by one, a single one as one term', () => {
    const asked: (readonly [string, readonly Value[]])[] = [];
    const lookUp: LookUp = (name, terms) => {
      asked.push([name, terms]);
      return ['found'];
    };
    expect(loopValues(loop('sequence'), 'count=2', lookUp)).toEqual(['found']);
    expect(loopValues(loop('subelements'), [['a'], 'keys'], lookUp)).toEqual(['found']);
    expect(asked).toEqual([
      ['sequence', ['count=2']],
      ['subelements', [['a'], 'keys']],
    ]);
  });

  test('with_cartesian is with_nested', () => {
    const none: LookUp = () => {
      throw new Error('no lookup is asked');
    };
    const lists = [
      ['a', 'b'],
      [1, 2],
    ];
    expect(loopValues(loop('cartesian'), lists, none)).toEqual(loopValues(loop('nested'), lists, none));
  });
});
