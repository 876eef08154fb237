import { RatchetError, sourceError, Template, toPlain, type Value } from '@ratchet/core';
import { asFlag, type Flag } from '@ratchet/playbook';
import type { Templar } from '@ratchet/template';

const yesOrNo = (value: Value, { position }: Template): boolean => {
  const known = value === null || typeof value === 'object' ? undefined : asFlag(value);
  if (typeof known === 'boolean') return known;
  throw sourceError('param-invalid', `expected true or false, found ${JSON.stringify(toPlain(value))}`, position);
};

/** A keyword's yes or no for a task on a host. Errors: as templating does; `param-invalid` when it is neither. */
export const flag = (templar: Templar, value: Flag | undefined, fallback: boolean): boolean => {
  if (value === undefined) return fallback;
  return typeof value === 'boolean' ? value : yesOrNo(templar.finish(value), value);
};

const or = <T>(tell: () => T, untold: T): T => {
  try {
    return tell();
  } catch (thrown) {
    if (thrown instanceof RatchetError) return untold;
    throw thrown;
  }
};

/** The same where a task has ended; `untold` where it cannot be told, which has failed the task already. */
export const flagOr = (templar: Templar, value: Flag | undefined, fallback: boolean, untold: boolean): boolean =>
  or(() => flag(templar, value, fallback), untold);

/** A keyword's number for a task on a host. Errors: as templating does; `param-invalid` when it is none. */
export const number = (templar: Templar, value: Value | undefined, fallback: number): number => {
  if (value === undefined || value === null) return fallback;
  const found = templar.finish(value);
  if (found === null) return fallback;
  if (found !== '' && typeof found !== 'object' && Number.isFinite(Number(found))) return Number(found);
  const message = `expected a number, found ${JSON.stringify(toPlain(found))}`;
  if (value instanceof Template) throw sourceError('param-invalid', message, value.position);
  throw new RatchetError('param-invalid', message);
};

/** The same where another place tells that it is none: `fallback` then too. */
export const numberOr = (templar: Templar, value: Value | undefined, fallback: number): number =>
  or(() => number(templar, value, fallback), fallback);
