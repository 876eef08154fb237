import { didYouMean, type Value } from '@ratchet/core';
import { type Filter, flagArg, numberArg, ofText, ofValue, textArg } from './filter.js';
import { templateError, Undefined } from './item.js';
import { isDict, isList, iterate } from './python.js';
import { str } from './python-text.js';

const escaped = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll("'", '&#39;')
    .replaceAll('"', '&#34;');

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: '\u00a0' };

const unescapedMarkup = (text: string): string =>
  text.replace(/&(?:#(\d+)|#[xX]([0-9a-fA-F]+)|(\w+));/g, (all, decimal, hex, name) => {
    if (name !== undefined) return Object.hasOwn(ENTITIES, name) ? (ENTITIES[name] as string) : all;
    const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal);
    return code > 0x10ffff ? all : String.fromCodePoint(code);
  });

const stripTags = (text: string): string =>
  unescapedMarkup(
    text
      .replace(/<!--[\s\S]*?-->/g, '')
      .replace(/<[^<>]*>/g, '')
      .replace(/\s+/g, ' ')
      .trim(),
  );

const attributes = ofValue((value, args) => {
  if (!isDict(value)) throw templateError('xmlattr wants a dict.');
  const space = flagArg(args, 0, 'autospace', true);
  const parts = [...value].flatMap(([name, item]) => {
    if (item === null || item instanceof Undefined) return [];
    if (/[\s/>=]/.test(str(name))) throw templateError(`"${str(name)}" is no name of an attribute.`);
    return `${escaped(str(name))}="${escaped(str(item))}"`;
  });
  return (space && parts.length > 0 ? ' ' : '') + parts.join(' ');
});

const linked = ofText((text, args) => {
  const limit = numberArg(args, 0, 'trim_url_limit', 0);
  const rel = `${flagArg(args, 1, 'nofollow') ? 'nofollow ' : ''}noopener`;
  const target = args.get(2, 'target');
  const attribute = target === undefined || target === null ? '' : ` target="${escaped(str(target))}"`;
  const shown = (url: string): string => (limit > 0 && url.length > limit ? `${url.slice(0, limit)}...` : url);
  return text
    .split(/(\s+)/)
    .map((word) => {
      const url = /^(?:https?:\/\/|www\.)[^\s<>"']+$/.test(word) ? word.replace(/[.,:;!?)]+$/, '') : '';
      if (url === '') return escaped(word);
      const href = url.startsWith('www.') ? `https://${url}` : url;
      return `<a href="${escaped(href)}" rel="${rel}"${attribute}>${escaped(shown(url))}</a>${escaped(word.slice(url.length))}`;
    })
    .join('');
});

const splitUrl = ofText((text, args) => {
  const query = textArg(args, 0, 'query', '');
  const found = /^(?:([A-Za-z][\w+.-]*):)?(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s.exec(text);
  const netloc = found?.[2] ?? '';
  const login = /^(?:([^:@]*)(?::([^@]*))?@)?(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(netloc);
  const parts = new Map<Value, Value>([
    ['fragment', found?.[5] ?? ''],
    ['hostname', login?.[3] ? login[3].toLowerCase().replace(/^\[|\]$/g, '') : null],
    ['netloc', netloc],
    ['password', login?.[2] ?? null],
    ['path', found?.[3] ?? ''],
    ['port', login?.[4] ? Number(login[4]) : null],
    ['query', found?.[4] ?? ''],
    ['scheme', (found?.[1] ?? '').toLowerCase()],
    ['username', login?.[1] ?? null],
  ]);
  if (query === '') return parts;
  const part = parts.get(query);
  if (part === undefined)
    throw templateError(
      `urlsplit was asked for an unknown URL component: "${query}".`,
      didYouMean(query, parts.keys() as Iterable<string>) ?? `There are ${[...parts.keys()].map(str).join(', ')}.`,
    );
  return part;
});

const encoded = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (unit) => `%${unit.charCodeAt(0).toString(16).toUpperCase()}`);
const formEncoded = (value: Value): string => encoded(str(value)).replaceAll('%20', '+');
const pairs = (items: readonly (readonly Value[])[]): string =>
  items.map(([key, item]) => `${formEncoded(key ?? null)}=${formEncoded(item ?? null)}`).join('&');

// What is no escape stays as it is, and bytes that are no UTF-8 become U+FFFD, as in Python.
const decodeUrl = (text: string): string =>
  text
    .replaceAll('+', ' ')
    .replace(/(?:%[0-9a-f]{2})+/gi, (escapes) => Buffer.from(escapes.replaceAll('%', ''), 'hex').toString('utf8'));

/** Filters of HTML and of addresses. */
export const markupFilters: readonly (readonly [string, Filter])[] = [
  ...['e', 'escape', 'forceescape'].map((name): [string, Filter] => [name, ofText(escaped)]),
  ['striptags', ofText(stripTags)],
  ['xmlattr', attributes],
  ['urlize', linked],
  ['urlsplit', splitUrl],
  [
    'urlencode',
    ofValue((value) => {
      if (isDict(value)) return pairs([...value]);
      return isList(value) ? pairs(value.map(iterate)) : encoded(str(value)).replaceAll('%2F', '/');
    }),
  ],
  ['urldecode', ofText(decodeUrl)],
];
