import type { Value } from '@ratchet/core';

const endBreaks = (text: string): number => /\n*$/.exec(text)?.[0].length ?? 0;

/** As Ansible: a text ends with at least the line breaks that its template ends with, of which Jinja drops the last. */
export const textWithBreaks = (made: string, source: string): string =>
  made + '\n'.repeat(Math.max(0, endBreaks(source) - endBreaks(made)));

/** The same for a value, which may be no text. */
export const withEndBreaks = (made: Value, source: string): Value =>
  typeof made === 'string' ? textWithBreaks(made, source) : made;
