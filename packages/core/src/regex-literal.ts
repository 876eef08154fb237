/** What has to be escaped in a regular expression, and within a class of one under the flag `v`. */
export const SYNTAX = /[\^$\\.*+?()[\]{}|/]/;
export const CLASS_SYNTAX = /[\^$\\.*+?()[\]{}|/&\-!#%,:;<=>@`~]/;

/** One character that stands for itself. */
export const literal = (unit: string, syntax: RegExp): string => (syntax.test(unit) ? `\\${unit}` : unit);
