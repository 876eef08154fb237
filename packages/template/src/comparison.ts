import type { Value } from '@ratchet/core';
import type { CompareOperator } from './ast.js';
import { compare, contains, equals } from './python.js';

/** Whether `left operator right` holds, as Python compares. */
export const holds = (operator: CompareOperator, left: Value, right: Value): boolean => {
  if (operator === '==') return equals(left, right);
  if (operator === '!=') return !equals(left, right);
  if (operator === 'in') return contains(right, left);
  if (operator === 'not in') return !contains(right, left);
  const order = compare(left, right);
  if (Number.isNaN(order)) return false;
  if (operator === '<') return order < 0;
  if (operator === '>') return order > 0;
  return operator === '<=' ? order <= 0 : order >= 0;
};
