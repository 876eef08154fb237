import { sourceError, toPlain } from '@ratchet/core';
import type { Flag } from '@ratchet/playbook';
import type { Templar } from '@ratchet/template';

/** A keyword's yes or no for a task on a host. Errors: `param-invalid` when it is not a boolean. */
export const flag = (templar: Templar, value: Flag | undefined, fallback: boolean): boolean => {
  if (value === undefined) return fallback;
  if (typeof value === 'boolean') return value;
  const found = templar.finish(value);
  if (typeof found === 'boolean') return found;
  if (found === 'yes' || found === 'true' || found === 'True') return true;
  if (found === 'no' || found === 'false' || found === 'False') return false;
  throw sourceError('param-invalid', `expected true or false, found ${JSON.stringify(toPlain(found))}`, value.position);
};
