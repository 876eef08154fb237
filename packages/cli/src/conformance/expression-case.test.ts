import { describe, expect, test } from '@jest/globals';
import { toPlain } from '@ratchet/core';
import { loadYaml, nodeToValue } from '@ratchet/source';
import { type CaseFile, record } from './case-file.js';
import { expressionsOf } from './expression-case.js';

const caseOf = (text: string): CaseFile => {
  const node = loadYaml({ path: 'case.yml', text });
  const body = record(node === null ? null : toPlain(nodeToValue(node)));
  return { kind: 'expressions', name: 'expressions/case', path: 'case.yml', text, body };
};

describe('the variables of a case of expressions', () => {
  test.each(['vars: {n: 5}\nexpressions: ["{{ n }}"]\n', 'vars: &v\n  n: 5\nexpressions: ["{{ n }}"]\n'])(
    'that neither tool would read are refused: %j',
    (text) => {
      expect(() => expressionsOf(caseOf(text))).toThrow(/case\.yml: write each variable in a line of its own/);
    },
  );

  test.each([
    'vars:\n  n: 5\nexpressions: ["{{ n }}"]\n',
    'expressions: ["{{ 1 }}"]\n',
    'vars: {}\nexpressions: ["a"]\n',
  ])('are read from their lines, and may be missing: %j', (text) => {
    expect(expressionsOf(caseOf(text))).toHaveLength(1);
  });
});
