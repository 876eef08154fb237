import type { Value } from '@ratchet/core';
import { commented, commentStyles } from './comment-style.js';
import { type Filter, flagArg, numberArg, ofText, ofValue, textArg } from './filter.js';
import { type Args, templateError } from './item.js';
import { formatItems, percentFormat } from './percent-format.js';
import { str } from './python-text.js';
import { allMatches, execRegex, expandReplacement, groupOf, pythonRegex } from './regex.js';
import { capitalized, centered, splitText, stripped } from './text-methods.js';

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

const wordTitle = (text: string): string =>
  text.replace(/[^-\s({[<]+/g, (word) => (word[0] as string).toUpperCase() + word.slice(1).toLowerCase());

const comment = ofText((text, args) => {
  const style = textArg(args, 0, 'style', 'plain');
  const options = args.options();
  const get = (name: string): string | undefined => {
    const value = options.has(name) ? args.get(99, name) : undefined;
    return value === undefined || value === null ? undefined : str(value);
  };
  const count = (name: string): number => Math.min(100, numberArg(args, 99, name, 1));
  const made = commented(text, { style, get, count });
  if (made === undefined) throw templateError(`comment has no style "${style}".`, `Use ${commentStyles().join(', ')}.`);
  return made;
});

/** A paragraph in lines of at most `width`; words longer than that are cut only when asked. */
const wrapLine = (line: string, width: number, cut: boolean, hyphens: boolean): string[] => {
  const pieces = line.split(/(\s+)/).flatMap((word) => (hyphens ? word.split(/(?<=[\w]-)(?=\w)/) : [word]));
  const lines: string[] = [];
  let current = '';
  const flush = (): void => {
    lines.push(current.trimEnd());
    current = '';
  };
  for (const piece of pieces) {
    const blank = piece.trim() === '';
    if (!blank && current !== '' && current.length + piece.length > width) flush();
    if (blank && current === '' && lines.length > 0) continue;
    let rest = piece;
    while (cut && rest.length > width) {
      current = rest.slice(0, width);
      rest = rest.slice(width);
      flush();
    }
    current += rest;
  }
  if (current.trimEnd() !== '' || lines.length === 0) flush();
  return lines;
};

const wrapped = (text: string, args: Args): string => {
  const width = numberArg(args, 0, 'width', 79);
  const cut = flagArg(args, 1, 'break_long_words', true);
  const joint = textArg(args, 2, 'wrapstring', '\n');
  const hyphens = flagArg(args, 3, 'break_on_hyphens', true);
  if (width < 1) throw templateError('The width to wrap at must be at least 1.');
  return text
    .split('\n')
    .flatMap((line) => wrapLine(line, width, cut, hyphens).join(joint))
    .join(joint);
};

/** Filters of texts and regular expressions. */
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
      args.named.size > 0
        ? percentFormat(text, new Map([...args.options()].map(([name, value]) => [name, value as Value])))
        : formatItems(text, args.restItems(0)),
    ),
  ],
  ['regex_replace', regexReplace],
  ['regex_search', regexSearch],
  ['regex_findall', regexFindAll],
  [
    'regex_escape',
    ofText((text, args) => {
      const kind = textArg(args, 0, 're_type', 'python');
      if (kind === 'python') return text.replace(/[-\\^$.|?*+()[\]{}#&~\s]/g, '\\$&');
      if (kind === 'posix_basic') return text.replace(/[\].[^$*\\]/g, '\\$&');
      throw templateError(`Invalid regex type (${kind})`, 'Use python or posix_basic.');
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
      const signs = [...text];
      if (length < [...end].length) throw templateError(`expected length >= ${[...end].length}, got ${length}`);
      if (signs.length <= length + numberArg(args, 3, 'leeway', 5)) return text;
      const cut = signs.slice(0, length - [...end].length).join('');
      return (kill ? cut : cut.slice(0, cut.lastIndexOf(' ') === -1 ? undefined : cut.lastIndexOf(' '))) + end;
    }),
  ],
  ['wordcount', ofText((text) => text.match(/[\p{L}\p{N}_]+/gu)?.length ?? 0)],
  ['comment', comment],
  ['wordwrap', ofText(wrapped)],
  ['quote', ofValue((value) => shellQuoted(value === null ? '' : str(value)))],
];
