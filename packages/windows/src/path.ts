import { HIVES, RatchetError } from '@ratchet/core';

/** The name as Windows compares it: without case. */
export const fold = (name: string): string => name.toUpperCase();

/** Whether two canonical paths name the same key. */
export const samePath = (a: string, b: string): boolean => fold(a) === fold(b);

/** Whether `path` is `root` or lies below it; both canonical. */
export const isWithin = (path: string, root: string): boolean => fold(`${path}\\`).startsWith(fold(`${root}\\`));

/**
 * The canonical path of a key: long hive name, single backslashes. Accepts `HKLM\…`, `HKLM:\…` and long names; `/` is an
 * ordinary character and case is kept. Errors: `param-invalid` for no hive or an empty part.
 */
export const canonicalPath = (text: string): string => {
  const [head = '', ...parts] = text.split('\\');
  const name = head.replace(/:$/, '').toUpperCase();
  const hive = HIVES[name] ?? Object.values(HIVES).find((long) => long === name);
  if (hive === undefined)
    throw new RatchetError('param-invalid', `The registry path "${text}" does not begin with a hive.`, {
      hint: `Begin with one of ${Object.keys(HIVES).join(', ')} and a backslash.`,
    });
  if (parts.some((part) => part === ''))
    throw new RatchetError('param-invalid', `The registry path "${text}" has an empty part.`, {
      hint: 'An unquoted NULL, null or ~ in YAML is no text: put quotes around it.',
    });
  return [hive, ...parts].join('\\');
};
