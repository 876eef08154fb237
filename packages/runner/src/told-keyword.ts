import { RatchetError, sourceError, Template, toPlain, type Value } from '@ratchet/core';
import { asFlag, type Flag, KeywordTemplate } from '@ratchet/playbook';
import { OMIT, type Templar } from '@ratchet/template';

const yesOrNo = (value: Value, { position }: Template): boolean => {
  const known = value === null || typeof value === 'object' ? undefined : asFlag(value);
  if (typeof known === 'boolean') return known;
  throw sourceError('param-invalid', `expected true or false, found ${JSON.stringify(toPlain(value))}`, position);
};

/** A keyword's value for a task on a host; undefined where it comes to `omit` and nothing around it says more. Errors: as templating does. */
export const told = (templar: Templar, value: Value | undefined): Value | undefined => {
  const found = value instanceof Template ? templar.finish(value) : value;
  if (found !== OMIT) return found;
  return value instanceof KeywordTemplate ? told(templar, value.around) : undefined;
};

/** A keyword's yes or no for a task on a host. Errors: as templating does; `param-invalid` when it is neither. */
export const flag = (templar: Templar, value: Flag | undefined, fallback: boolean): boolean => {
  if (value === undefined || typeof value === 'boolean') return value ?? fallback;
  const found = told(templar, value);
  return found === undefined ? fallback : yesOrNo(found, value);
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
  const found = told(templar, value);
  if (found === undefined || found === null) return fallback;
  if (found !== '' && typeof found !== 'object' && Number.isFinite(Number(found))) return Number(found);
  const message = `expected a number, found ${JSON.stringify(toPlain(found))}`;
  if (value instanceof Template) throw sourceError('param-invalid', message, value.position);
  throw new RatchetError('param-invalid', message);
};

/** The same where another place tells that it is none: `fallback` then too. */
export const numberOr = (templar: Templar, value: Value | undefined, fallback: number): number =>
  or(() => number(templar, value, fallback), fallback);
