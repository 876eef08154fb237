import { createHash } from 'node:crypto';
import type { Value } from '@ratchet/core';
import { type Filter, flagArg, numberArg, ofText, ofValue, textArg } from './filter.js';
import { templateError } from './item.js';
import { percentFormat } from './percent-format.js';
import { isDict, isList, tuple } from './python.js';
import { str } from './python-text.js';
import { allMatches, execRegex, expandReplacement, groupOf, pythonRegex } from './regex.js';
import { capitalized, centered, splitText, stripped } from './text-methods.js';

const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
const dirName = (path: string): string => {
  const head = path.slice(0, path.lastIndexOf('/') + 1);
  return /^\/+$/.test(head) ? head : head.replace(/\/+$/, '');
};
const winTail = (path: string): number =>
  Math.max(path.lastIndexOf('\\'), path.lastIndexOf('/'), /^[A-Za-z]:/.test(path) ? 1 : -1) + 1;
const winDir = (path: string): string => {
  const head = path.slice(0, winTail(path));
  return /^(?:[A-Za-z]:)?[\\/]*$/.test(head) ? head : head.replace(/[\\/]+$/, '');
};
const splitExtension = (path: string): Value => {
  const found = /^(.*[^/.][^/]*?)(\.[^./]*)$/s.exec(path);
  return tuple(found ? [found[1] as string, found[2] as string] : [path, '']);
};
const joinPaths = (parts: readonly string[]): string =>
  parts.reduce(
    (path, part) => (part.startsWith('/') ? part : path === '' || path.endsWith('/') ? path + part : `${path}/${part}`),
    '',
  );

const shellQuoted = (text: string): string =>
  text === '' ? "''" : /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'"'"'`)}'`;

const regexReplace = ofText((text, args) => {
  const pattern = textArg(args, 0, 'pattern', '');
  const replacement = textArg(args, 1, 'replacement', '');
  const flags = { ignoreCase: flagArg(args, 2, 'ignorecase'), multiline: flagArg(args, 3, 'multiline'), global: true };
  const count = numberArg(args, 4, 'count', 0);
  let out = '';
  let at = 0;
  let done = 0;
  for (const found of allMatches(pythonRegex(pattern, flags), text)) {
    if (count > 0 && ++done > count) break;
    out += text.slice(at, found.index) + expandReplacement(replacement, found);
    at = found.index + found[0].length;
  }
  return out + text.slice(at);
});

const regexSearch = ofText((text, args) => {
  const pattern = textArg(args, 0, 'regex', '');
  const groups = args.rest(1).map(str);
  const flags = { ignoreCase: flagArg(args, 99, 'ignorecase'), multiline: flagArg(args, 99, 'multiline') };
  const found = execRegex(pythonRegex(pattern, flags), text);
  if (!found) return null;
  if (groups.length === 0) return found[0];
  return groups.map((group) => groupOf(found, group.replace(/^\\(?:g<(\w+)>|(\d+))$/, '$1$2')) ?? null);
});

const regexFindAll = ofText((text, args) => {
  const pattern = textArg(args, 0, 'regex', '');
  const flags = { multiline: flagArg(args, 1, 'multiline'), ignoreCase: flagArg(args, 2, 'ignorecase'), global: true };
  return allMatches(pythonRegex(pattern, flags), text).map((found): Value => {
    if (found.length === 1) return found[0];
    const groups = found.slice(1).map((group) => group ?? '');
    return groups.length === 1 ? (groups[0] as string) : groups;
  });
});

const indent = ofText((text, args) => {
  const width = args.get(0, 'width') ?? 4;
  const lead = typeof width === 'string' ? width : ' '.repeat(Math.min(1000, Number(width)));
  const first = flagArg(args, 1, 'first');
  const blank = flagArg(args, 2, 'blank');
  return text
    .split('\n')
    .map((line, index) => ((index === 0 && !first) || (line === '' && !blank && index > 0) ? line : lead + line))
    .join('\n');
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
  if (part === undefined) throw templateError(`An address has no part "${query}".`);
  return part;
});

const encodeUrl = (text: string): string =>
  encodeURIComponent(text)
    .replaceAll('%2F', '/')
    .replace(/[!'()*]/g, (unit) => `%${unit.charCodeAt(0).toString(16).toUpperCase()}`);

const hashed = (algorithm: string, text: string): string => {
  try {
    return createHash(algorithm).update(text, 'utf8').digest('hex');
  } catch {
    throw templateError(`There is no hash "${algorithm}".`);
  }
};

const wordTitle = (text: string): string =>
  text.replace(/[^-\s({[<]+/g, (word) => (word[0] as string).toUpperCase() + word.slice(1).toLowerCase());

/** Filters of texts, paths, regular expressions and encodings. */
export const textFilters: readonly (readonly [string, Filter])[] = [
  ['string', ofText((text) => text)],
  ['upper', ofText((text) => text.toUpperCase())],
  ['lower', ofText((text) => text.toLowerCase())],
  ['title', ofText(wordTitle)],
  ['capitalize', ofText(capitalized)],
  ['trim', ofText((text, args) => stripped(text, args.get(0, 'chars') ?? null, 'both'))],
  [
    'replace',
    ofText((text, args) => {
      const from = textArg(args, 0, 'old', '');
      const to = textArg(args, 1, 'new', '');
      const count = numberArg(args, 2, 'count', -1);
      let left = count < 0 ? Number.POSITIVE_INFINITY : count;
      return from === '' ? text : text.replaceAll(from, (all) => (left-- > 0 ? to : all));
    }),
  ],
  [
    'split',
    ofValue((value, args) => {
      if (typeof value !== 'string') throw templateError('The filter "split" wants a text.');
      return splitText(value, args.get(0, 'sep') ?? null, numberArg(args, 1, 'maxsplit', -1), false);
    }),
  ],
  [
    'format',
    ofText((text, args) =>
      percentFormat(
        text,
        args.named.size > 0
          ? new Map([...args.options()].map(([name, value]) => [name, value as Value]))
          : tuple(args.rest(0)),
      ),
    ),
  ],
  ['regex_replace', regexReplace],
  ['regex_search', regexSearch],
  ['regex_findall', regexFindAll],
  [
    'regex_escape',
    ofText((text, args) => {
      args.get(0, 're_type');
      return text.replace(/[-\\^$.|?*+()[\]{}#&~\s]/g, '\\$&');
    }),
  ],
  ['indent', indent],
  ['center', ofText((text, args) => centered(text, Math.min(numberArg(args, 0, 'width', 80), 10_000), ' '))],
  [
    'truncate',
    ofText((text, args) => {
      const length = numberArg(args, 0, 'length', 255);
      const kill = flagArg(args, 1, 'killwords');
      const end = textArg(args, 2, 'end', '...');
      if (text.length <= length + numberArg(args, 3, 'leeway', 5)) return text;
      const cut = text.slice(0, length - end.length);
      return (kill ? cut : cut.slice(0, cut.lastIndexOf(' ') === -1 ? undefined : cut.lastIndexOf(' '))) + end;
    }),
  ],
  ['wordcount', ofText((text) => text.match(/[\p{L}\p{N}_]+/gu)?.length ?? 0)],
  [
    'comment',
    ofText(
      (text) =>
        `#\n${text
          .split('\n')
          .map((line) => `# ${line}`.trimEnd())
          .join('\n')}\n#`,
    ),
  ],
  ['quote', ofValue((value) => shellQuoted(value === null ? '' : str(value)))],
  ['basename', ofText(baseName)],
  ['dirname', ofText(dirName)],
  ['win_basename', ofText((text) => text.slice(winTail(text)))],
  ['win_dirname', ofText(winDir)],
  ['win_splitdrive', ofText((text) => tuple(/^[A-Za-z]:/.test(text) ? [text.slice(0, 2), text.slice(2)] : ['', text]))],
  ['splitext', ofText(splitExtension)],
  ['path_join', ofValue((value) => joinPaths(isList(value) ? value.map(str) : [str(value)]))],
  [
    'urlencode',
    ofValue((value) =>
      isDict(value)
        ? [...value].map(([key, item]) => `${encodeURIComponent(str(key))}=${encodeURIComponent(str(item))}`).join('&')
        : encodeUrl(str(value)),
    ),
  ],
  [
    'urldecode',
    ofText((text) => {
      try {
        return decodeURIComponent(text.replaceAll('+', ' '));
      } catch {
        return text;
      }
    }),
  ],
  ['urlsplit', splitUrl],
  [
    'b64encode',
    ofText((text, args) =>
      Buffer.from(
        text,
        textArg(args, 0, 'encoding', 'utf-8').toLowerCase().startsWith('utf-16') ? 'utf16le' : 'utf8',
      ).toString('base64'),
    ),
  ],
  [
    'b64decode',
    ofText((text, args) =>
      Buffer.from(text, 'base64').toString(
        textArg(args, 0, 'encoding', 'utf-8').toLowerCase().startsWith('utf-16') ? 'utf16le' : 'utf8',
      ),
    ),
  ],
  ['hash', ofText((text, args) => hashed(textArg(args, 0, 'hashtype', 'sha1'), text))],
  ['md5', ofText((text) => hashed('md5', text))],
  ['sha1', ofText((text) => hashed('sha1', text))],
  ['checksum', ofText((text) => hashed('sha1', text))],
  [
    'e',
    ofText((text) =>
      text
        .replaceAll('&', '&amp;')
        .replaceAll('<', '&lt;')
        .replaceAll('>', '&gt;')
        .replaceAll("'", '&#39;')
        .replaceAll('"', '&#34;'),
    ),
  ],
];
