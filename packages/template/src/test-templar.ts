import { fromPlain, RatchetError, Template, toPlain, type Value } from '@ratchet/core';
import { Templar } from './index.js';

/** A place at the beginning of a text. */
export const at = (text: string) => ({ file: { path: 'f.yml', text }, offset: 0 });
export const template = (text: string) => new Template(text, at(text));

/** Plain data as the variables of a templar. */
export const vars = (plain: Record<string, unknown>) => {
  const map = fromPlain(plain) as Map<string, Value>;
  return { get: (name: string) => map.get(name), names: () => map.keys() };
};

export const data = {
  name: 'Web',
  n: 5,
  list: [3, 1, 2],
  empty: [],
  none: null,
  yes: true,
  no: false,
  path: 'C:\\temp\\x.txt',
  d: { a: 1, b: { c: 2 } },
  users: [
    { n: 'x', age: 3, on: true },
    { n: 'y', age: 1, on: false },
  ],
  r: { failed: false, changed: true, results: [{ item: 1 }] },
  host_text: '{{ n }}',
  s: 'a,b,c',
  fl: 2.5,
};
/** A templar over `data`. */
export const templar = new Templar(vars(data));
/** What a template over `data` comes to, as plain data. */
export const evaluate = (text: string) => toPlain(templar.finish(template(text)));

/** The error that some work ends with. Throws when there is none. */
export const failure = (work: () => unknown): RatchetError => {
  try {
    work();
  } catch (thrown) {
    if (thrown instanceof RatchetError) return thrown;
    throw thrown;
  }
  throw new Error('no error');
};
