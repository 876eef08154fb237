import type { Value } from '@ratchet/core';
import type { Args } from './item.js';
import { isList } from './python.js';
import { str } from './python-text.js';
import { ofValue, type Test } from './test.js';

const schemeOf = (text: string): string => /^([A-Za-z][\w+.-]*):/.exec(text)?.[1]?.toLowerCase() ?? '';

const allowed = (text: string, args: Args): boolean => {
  const schemes: Value | undefined = args.get(0, 'schemes');
  return !isList(schemes) || schemes.length === 0 || schemes.map(str).includes(schemeOf(text));
};

const isUri = (text: string): boolean => /^(?:[A-Za-z][\w+.-]*:)?[^\s]*$/.test(text);
const hasHost = (text: string): boolean => /^[A-Za-z][\w+.-]*:\/\/[^/?#\s]+/.test(text);

/** Tests of addresses. */
export const addressTests: readonly (readonly [string, Test])[] = [
  ['uri', ofValue((value, args) => typeof value === 'string' && isUri(value) && allowed(value, args))],
  ['url', ofValue((value, args) => typeof value === 'string' && hasHost(value) && allowed(value, args))],
  ['urn', ofValue((value) => typeof value === 'string' && /^urn:\S+/i.test(value))],
];
