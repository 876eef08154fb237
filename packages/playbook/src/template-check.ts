import { type Position, Template, type Value } from '@ratchet/core';
import { checkExpression, checkTemplate, checkTemplateCondition } from '@ratchet/template';
import type { Findings } from './findings.js';

/** Reports every template in a value that does not parse. */
export const checkValue = (value: Value | undefined, findings: Findings): void => {
  if (value instanceof Template) findings.attempt(value.position, () => checkTemplate(value));
  else if (value instanceof Map) for (const item of value.values()) checkValue(item, findings);
  else if (Array.isArray(value)) for (const item of value) checkValue(item, findings);
};

/** Reports a condition (`when`, `until`, `that`) that does not parse. */
export const checkCondition = (value: Value, position: Position, findings: Findings): void => {
  if (value instanceof Template) findings.attempt(value.position, () => checkTemplateCondition(value));
  // An empty condition holds.
  else if (typeof value === 'string' && value.trim() !== '')
    findings.attempt(position, () => checkExpression(value, position));
};
