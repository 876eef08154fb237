/** Where a redirection leads: a file's name as written (`nul` included) or the other stream. */
export interface Redirection {
  readonly stream: 0 | 1 | 2;
  readonly to: string | { readonly stream: 1 | 2 };
  readonly append: boolean;
}

/** A parsed command line of cmd.exe. */
export type Command =
  | { readonly kind: 'simple'; readonly text: string; readonly redirections: readonly Redirection[] }
  | { readonly kind: 'chain'; readonly operator: '&' | '&&' | '||'; readonly left: Command; readonly right: Command }
  | {
      readonly kind: 'if';
      readonly not: boolean;
      readonly condition: Condition;
      readonly inner: Command;
      readonly otherwise: Command | null;
    }
  /** `for %I in ("path") do command`, over one path. */
  | { readonly kind: 'for'; readonly letter: string; readonly path: string; readonly body: Command };

export type Condition =
  | { readonly test: 'errorlevel'; readonly atLeast: number }
  | { readonly test: 'exist'; readonly path: string }
  | { readonly test: 'defined'; readonly name: string }
  | { readonly test: 'equal'; readonly left: string; readonly right: string; readonly ignoreCase: boolean };

/** A line that cmd.exe or this host does not understand. */
export class SyntaxFault extends Error {}

/** `%NAME%` replaced as an interactive cmd.exe does: a name that is not set stays as it is written. */
export const expand = (line: string, lookup: (name: string) => string | undefined): string =>
  line.replace(/%([^%\r\n]+)%/g, (whole, name: string) => lookup(name) ?? whole);

type Token =
  | { readonly kind: 'word'; readonly text: string }
  | { readonly kind: 'operator'; readonly text: '&' | '&&' | '||' | '|' | '(' | ')' }
  | { readonly kind: 'redirection'; readonly redirection: Redirection };

const REDIRECTION = /^([012])?(>>|>|<)(?:&([12])|[ \t]*("[^"]*"|[^\s&|<>()"]+))/;

/** Words keep their spaces (cmd.exe hands a command its text as it stands); carets outside quotes are taken away. */
const tokens = (line: string): Token[] => {
  const out: Token[] = [];
  let text = '';
  let inQuotes = false;
  const flush = (): void => {
    if (text.trim() !== '') out.push({ kind: 'word', text });
    text = '';
  };
  for (let at = 0; at < line.length; ) {
    const char = line[at] ?? '';
    const rest = line.slice(at);
    const redirection =
      inQuotes || (/\d/.test(char) && !/(^|[\s&|()])$/.test(line.slice(0, at))) ? null : REDIRECTION.exec(rest);
    const operator = inQuotes ? null : /^(&&|\|\||&|\||\(|\))/.exec(rest);
    if (redirection) {
      flush();
      out.push({ kind: 'redirection', redirection: redirectionOf(redirection) });
      at += redirection[0].length;
    } else if (operator && !(operator[0] === '(' && text.trim() !== '')) {
      flush();
      out.push({ kind: 'operator', text: operator[0] as '&' });
      at += operator[0].length;
    } else if (char === '^' && !inQuotes) {
      text += line[at + 1] ?? '';
      at += 2;
    } else {
      if (char === '"') inQuotes = !inQuotes;
      text += char;
      at += 1;
    }
  }
  flush();
  return out;
};

const redirectionOf = ([, digit, arrow, stream, file]: RegExpExecArray): Redirection => ({
  stream: digit === '2' ? 2 : digit === '0' || arrow === '<' ? 0 : 1,
  to: stream === undefined ? (file ?? '').replaceAll('"', '') : { stream: stream === '2' ? 2 : 1 },
  append: arrow === '>>',
});

const IF_HEAD = /^\s*if\s+(\/i\s+)?(not\s+)?/i;
const CONDITIONS: readonly [RegExp, (match: RegExpExecArray, ignoreCase: boolean) => Condition][] = [
  [/^errorlevel\s+(\d+)\s*/i, ([, level]) => ({ test: 'errorlevel', atLeast: Number(level) })],
  [/^exist\s+("[^"]*"|\S+)\s*/i, ([, path]) => ({ test: 'exist', path: (path ?? '').replaceAll('"', '') })],
  [/^defined\s+(\S+)\s*/i, ([, name]) => ({ test: 'defined', name: name ?? '' })],
  [
    /^("[^"]*"|[^\s=]+)\s*==\s*("[^"]*"|\S+)\s*/,
    ([, left, right], ignoreCase) => ({ test: 'equal', left: left ?? '', right: right ?? '', ignoreCase }),
  ],
];

const FOR_HEAD = /^[\s@]*for\s+%([a-z])\s+in\s+\(\s*"([^"]*)"\s*$/i;

class Parser {
  readonly #tokens: Token[];
  constructor(line: string) {
    this.#tokens = tokens(line);
  }

  line(): Command {
    const command = this.#chain(0);
    const left = this.#tokens[0];
    if (left) throw new SyntaxFault(`${left.kind === 'redirection' ? 'a redirection' : left.text} was unexpected`);
    return command;
  }

  /** cmd.exe binds `&&` tighter than `||`, and that tighter than `&`. */
  #chain(level: number): Command {
    const operator = (['&', '||', '&&'] as const)[level];
    if (operator === undefined) return this.#single();
    let left = this.#chain(level + 1);
    while (this.#isOperator(operator)) {
      this.#tokens.shift();
      if (this.#tokens.length === 0 && operator === '&') break;
      left = { kind: 'chain', operator, left, right: this.#chain(level + 1) };
    }
    return left;
  }

  #isOperator(text: string): boolean {
    const next = this.#tokens[0];
    return next?.kind === 'operator' && next.text === text;
  }

  #single(): Command {
    if (this.#isOperator('(')) return this.#group();
    const first = this.#tokens[0];
    const over = first?.kind === 'word' ? FOR_HEAD.exec(first.text) : null;
    if (over) return this.#for(over[1] ?? '', over[2] ?? '');
    if (first?.kind === 'word' && IF_HEAD.test(first.text.replace(/^[\s@]+/, ''))) return this.#if(first.text);
    let text = '';
    const redirections: Redirection[] = [];
    for (let next = this.#tokens[0]; next && next.kind !== 'operator'; next = this.#tokens[0]) {
      this.#tokens.shift();
      if (next.kind === 'word') text += next.text;
      else redirections.push(next.redirection);
    }
    if (this.#isOperator('|')) throw new SyntaxFault('a pipe is not done here');
    if (text.trim() === '' && redirections.length === 0) throw new SyntaxFault('a command was expected');
    return { kind: 'simple', text: text.replace(/^[\s@]+/, ''), redirections };
  }

  #group(): Command {
    this.#tokens.shift();
    const inner = this.#chain(0);
    if (!this.#isOperator(')')) throw new SyntaxFault('a ) was expected');
    this.#tokens.shift();
    if (this.#tokens[0]?.kind === 'redirection') throw new SyntaxFault('a redirected group is not done here');
    return inner;
  }

  #if(text: string): Command {
    const bare = text.replace(/^[\s@]+/, '');
    const head = IF_HEAD.exec(bare);
    const rest = bare.slice(head?.[0].length ?? 0);
    for (const [pattern, make] of CONDITIONS) {
      const match = pattern.exec(rest);
      if (!match) continue;
      this.#replaceFirst(rest.slice(match[0].length));
      const isGroup = this.#isOperator('(');
      // Without parentheses everything up to the end of the line belongs to the `if`.
      const inner = isGroup ? this.#group() : this.#chain(0);
      const otherwise = isGroup ? this.#else() : null;
      return {
        kind: 'if',
        not: head?.[2] !== undefined,
        condition: make(match, head?.[1] !== undefined),
        inner,
        otherwise,
      };
    }
    throw new SyntaxFault(`this condition is not done here: ${rest}`);
  }

  /** After `for %I in ("path"`: what is left of the parentheses, and the command. */
  #for(letter: string, path: string): Command {
    this.#tokens.shift();
    if (!this.#isOperator(')')) throw new SyntaxFault('a for over more than one path is not done here');
    this.#tokens.shift();
    const next = this.#tokens[0];
    if (next?.kind !== 'word' || !/^\s*do\b/i.test(next.text)) throw new SyntaxFault('a do was expected');
    this.#replaceFirst(next.text.replace(/^\s*do\b\s*/i, ''));
    return { kind: 'for', letter, path, body: this.#chain(0) };
  }

  #else(): Command | null {
    const next = this.#tokens[0];
    if (next?.kind !== 'word' || !/^\s*else\b/i.test(next.text)) return null;
    this.#replaceFirst(next.text.replace(/^\s*else\b\s*/i, ''));
    return this.#isOperator('(') ? this.#group() : this.#chain(0);
  }

  #replaceFirst(text: string): void {
    if (text.trim() === '') this.#tokens.shift();
    else this.#tokens[0] = { kind: 'word', text };
  }
}

/** Parses one line after expansion. Errors: `SyntaxFault`. */
export const parseCommand = (line: string): Command => new Parser(line).line();

/** Arguments as the C runtime of a Windows program splits them: `\"` is a quote, `\\` before a quote one backslash. */
export const splitArguments = (text: string): string[] => {
  const out: string[] = [];
  let current: string | null = null;
  let inQuotes = false;
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at] ?? '';
    if (char === '\\') {
      const run = /^\\+/.exec(text.slice(at))?.[0].length ?? 1;
      const beforeQuote = text[at + run] === '"';
      current = (current ?? '') + '\\'.repeat(beforeQuote ? Math.floor(run / 2) : run);
      at += run - 1;
      if (beforeQuote && run % 2 === 1) {
        current += '"';
        at += 1;
      }
    } else if (char === '"') {
      current = current ?? '';
      inQuotes = !inQuotes;
    } else if (/\s/.test(char) && !inQuotes) {
      if (current !== null) out.push(current);
      current = null;
    } else current = (current ?? '') + char;
  }
  if (current !== null) out.push(current);
  return out;
};
