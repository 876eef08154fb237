import { z } from 'zod';

const WORDS: Readonly<Record<string, boolean>> = {
  yes: true,
  on: true,
  true: true,
  '1': true,
  no: false,
  off: false,
  false: false,
  '0': false,
};

/** A boolean parameter, also written as one of Ansible's words (`yes`, `off`, `"true"`, 1). */
export const flag = z.unknown().transform((given, context): boolean => {
  if (typeof given === 'boolean') return given;
  const known = typeof given === 'string' || typeof given === 'number' ? WORDS[String(given).toLowerCase()] : undefined;
  if (known !== undefined) return known;
  context.addIssue({ code: 'custom', message: `must be true or false, not ${JSON.stringify(given) ?? String(given)}` });
  return z.NEVER;
});

/** A text parameter; a number is taken as its digits, as Ansible does. */
export const text = z.union([z.string(), z.number().transform(String), z.bigint().transform(String)]);

/** A number of seconds (zero or more), also as digits in a text. */
export const seconds = z.unknown().transform((given, context): number => {
  const number = typeof given === 'string' && given.trim() !== '' ? Number(given) : given;
  if (typeof number === 'number' && Number.isFinite(number) && number >= 0) return number;
  context.addIssue({ code: 'custom', message: 'must be a number of seconds, zero or more' });
  return z.NEVER;
});

/** A whole number from 1 on, also as digits in a text. */
export const count = z.unknown().transform((given, context): number => {
  const number = typeof given === 'string' && given.trim() !== '' ? Number(given) : given;
  if (typeof number === 'number' && Number.isInteger(number) && number >= 1) return number;
  context.addIssue({ code: 'custom', message: 'must be a whole number from 1 on' });
  return z.NEVER;
});

/** One thing or a list of them, as a list. */
export const oneOrMore = <T extends z.ZodType>(item: T) =>
  z.preprocess((given) => (given === undefined || Array.isArray(given) ? given : [given]), z.array(item).min(1));

/** A list of texts; one text is cut at its commas, as Ansible does. */
export const commaList = z.preprocess(
  (given) => (typeof given === 'string' ? given.split(',').map((word) => word.trim()) : given),
  z.array(text),
);
