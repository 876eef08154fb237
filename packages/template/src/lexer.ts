import { Float, PYTHON_ESCAPES } from '@ratchet/core';
import { exactInteger } from '@ratchet/source';

/** A token inside a template's delimiters; `at` is its offset in the text. */
export interface Token {
  readonly kind: 'name' | 'string' | 'number' | 'operator' | 'end';
  readonly text: string;
  readonly value: string | number | bigint | Float;
  readonly at: number;
}

/** A piece of a template: text, an expression or a statement. */
export type Segment =
  | { readonly kind: 'text'; readonly text: string; readonly at: number }
  | { readonly kind: 'output' | 'statement'; readonly tokens: readonly Token[]; readonly at: number };

/** A fault of syntax at an offset of the text. */
export class SyntaxFault extends Error {
  readonly at: number;
  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}

const NUMBER =
  /0[xX](?:_?[0-9a-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+|[0-9](?:_?[0-9])*(?:\.[0-9](?:_?[0-9])*)?(?:[eE][-+]?[0-9](?:_?[0-9])*)?/y;
const NAME = /[\p{L}_][\p{L}\p{N}_]*/uy;
const STRING = /'(?:[^'\\]|\\[\s\S])*'|"(?:[^"\\]|\\[\s\S])*"/y;
const OPERATOR = /\*\*|\/\/|==|!=|<=|>=|[-+*/%~<>=.:,;|()[\]{}]/y;
const OPEN = /\{[{%#]/g;
const RAW_END = /\{%([-+]?)\s*endraw\s*([-+]?)%\}/g;
const ESCAPE = /\\(?:\n|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{1,3})|([\s\S]))/g;
const SIMPLE: Readonly<Record<string, string>> = {
  ...PYTHON_ESCAPES,
  '\\': '\\',
  "'": "'",
  '"': '"',
};

const unescaped = (text: string): string =>
  text.replace(ESCAPE, (all, two, four, eight, octal, other) => {
    const code = two ?? four ?? eight;
    if (code !== undefined) {
      const point = Number.parseInt(code, 16);
      return point > 0x10ffff ? all : String.fromCodePoint(point);
    }
    if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8));
    if (other === undefined) return '';
    return Object.hasOwn(SIMPLE, other) ? (SIMPLE[other] as string) : all;
  });

const numberOf = (text: string): number | bigint | Float => {
  const digits = text.replaceAll('_', '');
  if (/^0[xXoObB]/.test(digits)) return exactInteger(BigInt(digits));
  if (!/[.eE]/.test(digits)) return exactInteger(BigInt(digits));
  const value = Number(digits);
  return Number.isInteger(value) || !Number.isFinite(value) ? new Float(value) : value;
};

const match = (pattern: RegExp, text: string, at: number): string | undefined => {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
};

const CLOSERS: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

/** Tokens from `from` up to one of `ends` (outside brackets), or to the end of the text when `ends` is empty. */
const tokenize = (text: string, from: number, end: string | undefined, keepBackslashes: boolean) => {
  const tokens: Token[] = [];
  const open: string[] = [];
  let at = from;
  for (;;) {
    while (/\s/.test(text[at] ?? '')) at++;
    if (end !== undefined && open.length === 0) {
      const closing = text.startsWith(end, at)
        ? end
        : /^[-+]/.test(text[at] ?? '') && text.startsWith(end, at + 1)
          ? text[at] + end
          : undefined;
      if (closing !== undefined) {
        tokens.push({ kind: 'end', text: closing, value: '', at });
        return { tokens, at: at + closing.length, trim: closing.length > end.length ? closing[0] : undefined };
      }
    }
    if (at >= text.length) {
      if (end !== undefined)
        throw new SyntaxFault(`"${end === '}}' ? '{{' : '{%'}" is never closed by "${end}".`, from - 2);
      tokens.push({ kind: 'end', text: '', value: '', at });
      return { tokens, at, trim: undefined };
    }
    const token = tokenAt(text, at, keepBackslashes);
    if (token.kind === 'operator') balance(token, open);
    tokens.push(token);
    at += token.text.length;
  }
};

const balance = (token: Token, open: string[]): void => {
  const closer = Object.hasOwn(CLOSERS, token.text) ? CLOSERS[token.text] : undefined;
  if (closer !== undefined) open.push(closer);
  else if (')]}'.includes(token.text)) {
    const expected = open.pop();
    if (expected !== token.text)
      throw new SyntaxFault(
        expected ? `"${expected}" was expected before "${token.text}".` : `"${token.text}" closes nothing.`,
        token.at,
      );
  }
};

const tokenAt = (text: string, at: number, keepBackslashes: boolean): Token => {
  const string = match(STRING, text, at);
  if (string !== undefined) {
    const inner = string.slice(1, -1);
    const value = keepBackslashes ? inner.replaceAll(`\\${string[0]}`, string[0] as string) : unescaped(inner);
    return { kind: 'string', text: string, value, at };
  }
  const number = match(NUMBER, text, at);
  if (number) return { kind: 'number', text: number, value: numberOf(number), at };
  const name = match(NAME, text, at);
  if (name) return { kind: 'name', text: name, value: name, at };
  const operator = match(OPERATOR, text, at);
  if (operator) return { kind: 'operator', text: operator, value: operator, at };
  const unit = text[at];
  throw new SyntaxFault(
    unit === "'" || unit === '"' ? 'This text is never closed.' : `"${unit}" is not expected here.`,
    at,
  );
};

/** The tokens of a bare expression (a `when:`); escapes in its texts are read as Jinja reads them. */
export const expressionTokens = (text: string): readonly Token[] => tokenize(text, 0, undefined, false).tokens;

/** How backslashes in the texts of `{{ }}` are read: kept in playbooks (so that `'C:\temp'` stays), read as escapes in files. */
export interface LexOptions {
  readonly keepBackslashes: boolean;
  /** The first line break after a block or comment goes; default true. */
  readonly trimBlocks?: boolean | undefined;
  /** Blanks before a block or comment that stands first on its line go; default false. */
  readonly lstripBlocks?: boolean | undefined;
}

/** The segments of a template, whitespace control and `trim_blocks` applied. */
export const segmentsOf = (text: string, options: LexOptions): readonly Segment[] => {
  const segments: Segment[] = [];
  let at = 0;
  const pushText = (piece: string, start: number): void => {
    if (piece !== '') segments.push({ kind: 'text', text: piece, at: start });
  };
  for (;;) {
    OPEN.lastIndex = at;
    const found = OPEN.exec(text);
    if (!found) {
      pushText(text.slice(at), at);
      return segments;
    }
    const start = found.index;
    const lead = text[start + 2];
    const piece = text.slice(at, start);
    const strip = options.lstripBlocks === true && lead !== '+' && found[0] !== '{{';
    pushText(
      lead === '-' ? piece.trimEnd() : strip ? withoutIndent(piece, at === 0 || text[at - 1] === '\n') : piece,
      at,
    );
    const inside = start + (lead === '-' || lead === '+' ? 3 : 2);
    at = segmentAt(text, start, inside, found[0], options, segments);
  }
};

// Blanks at the end that stand first on their line.
const withoutIndent = (piece: string, first: boolean): string =>
  piece.replace(/(^|\n)[^\S\n]+$/, (all, before: string) => (before === '' && !first ? all : before));

const afterBlock = (text: string, at: number, trim: string | undefined, isBlock: boolean): number => {
  if (trim === '-') return at + (/^\s*/.exec(text.slice(at))?.[0].length ?? 0);
  if (!isBlock || trim === '+') return at;
  return text.startsWith('\r\n', at) ? at + 2 : text[at] === '\n' ? at + 1 : at;
};

const segmentAt = (
  text: string,
  start: number,
  inside: number,
  open: string,
  { keepBackslashes: keep, trimBlocks = true }: LexOptions,
  segments: Segment[],
): number => {
  if (open === '{#') {
    const end = text.indexOf('#}', inside);
    if (end === -1) throw new SyntaxFault('"{#" is never closed by "#}".', start);
    const mark = text[end - 1];
    return afterBlock(
      text,
      end + 2,
      end - 1 >= inside && (mark === '-' || mark === '+') ? mark : undefined,
      trimBlocks,
    );
  }
  const isBlock = open === '{%';
  const { tokens, at, trim } = tokenize(text, inside, isBlock ? '%}' : '}}', keep && !isBlock);
  if (isBlock && tokens[0]?.text === 'raw' && tokens.length === 2)
    return rawAt(text, start, afterBlock(text, at, trim, trimBlocks), trimBlocks, segments);
  segments.push({ kind: isBlock ? 'statement' : 'output', tokens, at: start });
  return afterBlock(text, at, trim, isBlock && trimBlocks);
};

const rawAt = (text: string, start: number, from: number, trimBlocks: boolean, segments: Segment[]): number => {
  RAW_END.lastIndex = from;
  const end = RAW_END.exec(text);
  if (!end) throw new SyntaxFault('"{% raw %}" is never closed by "{% endraw %}".', start);
  const body = text.slice(from, end.index);
  segments.push({ kind: 'text', text: end[1] === '-' ? body.trimEnd() : body, at: from });
  return afterBlock(text, end.index + end[0].length, end[2] || undefined, trimBlocks);
};
