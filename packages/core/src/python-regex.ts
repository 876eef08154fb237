import { type ErrorCode, RatchetError } from './errors.js';
import { CLASS_SYNTAX, literal, SYNTAX } from './regex-literal.js';

export interface PythonRegexFlags {
  readonly ignoreCase?: boolean;
  readonly multiline?: boolean;
  readonly dotAll?: boolean;
  readonly global?: boolean;
  /** `\w`, `\d`, `\s` and `\b` know ASCII only, as in patterns over bytes. */
  readonly ascii?: boolean;
  /** What Python's `re` has a function for each: anywhere (unless told), at the beginning, the whole text. */
  readonly find?: 'search' | 'match' | 'fullmatch';
  /** Blanks and comments in the pattern do not count. */
  readonly verbose?: boolean;
}

type Switch = Exclude<keyof PythonRegexFlags, 'find'>;

const INLINE: Readonly<Record<string, Switch>> = {
  a: 'ascii',
  i: 'ignoreCase',
  m: 'multiline',
  s: 'dotAll',
  x: 'verbose',
};

// What Python's re calls a digit, a letter of a word, a blank; between the brackets of a class.
const UNICODE = { d: '\\p{Nd}', w: '\\p{L}\\p{N}_', s: '\\t-\\r\\x1c-\\x20\\x85\\p{Z}' };
const ASCII = { d: '0-9', w: '0-9A-Za-z_', s: '\\t-\\r\\x20' };
const OWN_ESCAPES: Readonly<Record<string, string>> = {
  a: '\\x07',
  f: '\\f',
  n: '\\n',
  r: '\\r',
  t: '\\t',
  v: '\\v',
};

class Fault extends Error {}

/** Walks over a pattern of Python and writes the one of JavaScript (with its flag `v`) that means the same. */
class Translation {
  readonly #pattern: string;
  readonly #flags: PythonRegexFlags;
  readonly #sets: typeof UNICODE;
  #at = 0;

  constructor(pattern: string, flags: PythonRegexFlags) {
    this.#pattern = pattern;
    this.#flags = flags;
    this.#sets = flags.ascii ? ASCII : UNICODE;
  }

  whole(): string {
    let out = '';
    while (this.#at < this.#pattern.length) out += this.#next();
    return out;
  }

  #take(form: RegExp): RegExpExecArray | null {
    const sticky = new RegExp(form, 'uy');
    sticky.lastIndex = this.#at;
    const found = sticky.exec(this.#pattern);
    if (found) this.#at = sticky.lastIndex;
    return found;
  }

  #next(): string {
    if (this.#flags.verbose && this.#take(/\s+|#[^\n]*/)) return '';
    if (this.#take(/\(\?#[^)]*\)/)) return '';
    const named = this.#take(/\(\?P<(\w+)>/);
    if (named) return `(?<${named[1]}>`;
    const again = this.#take(/\(\?P=(\w+)\)/);
    if (again) return `\\k<${again[1]}>`;
    const group = this.#take(/\(\?(?::|=|!|<=|<!)|\(/);
    if (group) return group[0];
    const times = this.#take(/\{(\d*)(,?)(\d*)\}/);
    if (times) return times[1] || times[3] ? `{${times[1] || '0'}${times[2]}${times[3]}}` : literalText(times[0]);
    if (this.#take(/\\/)) return this.#escape();
    if (this.#take(/\[/)) return this.#class();
    return this.#sign((this.#take(/[\s\S]/) as RegExpExecArray)[0]);
  }

  #sign(sign: string): string {
    if (sign === '^') return this.#flags.multiline ? '(?:(?<![^\\n]))' : '(?:^)';
    if (sign === '$') return this.#flags.multiline ? '(?:(?![^\\n]))' : '(?:(?=\\n?(?![\\s\\S])))';
    if (sign === '.') return this.#flags.dotAll ? '[\\s\\S]' : '[^\\n]';
    return /[{}\]/]/.test(sign) ? `\\${sign}` : sign;
  }

  /** What stands behind a backslash outside of a class. */
  #escape(): string {
    const { w } = this.#sets;
    if (this.#take(/A/)) return '(?:(?<![\\s\\S]))';
    if (this.#take(/Z/)) return '(?:(?![\\s\\S]))';
    if (this.#take(/b/)) return `(?:(?<=[${w}])(?![${w}])|(?<![${w}])(?=[${w}]))`;
    if (this.#take(/B/)) return `(?:(?<=[${w}])(?=[${w}])|(?<![${w}])(?![${w}]))`;
    const set = this.#take(/[dwsDWS]/)?.[0];
    if (set !== undefined) return this.#set(set);
    const octal = this.#take(/0[0-7]{0,2}|[1-3][0-7]{2}/);
    if (octal) return character(Number.parseInt(octal[0], 8));
    const back = this.#take(/[1-9]\d?/);
    // In a group of its own, so that a digit behind it stays a digit.
    return back ? `(?:\\${back[0]})` : this.#character(SYNTAX);
  }

  #set(name: string): string {
    const own = this.#sets[name.toLowerCase() as 'd' | 'w' | 's'];
    return name === name.toLowerCase() ? `[${own}]` : `[^${own}]`;
  }

  #character(syntax: RegExp): string {
    const code = this.#take(/x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})/);
    if (code) return character(Number.parseInt((code[1] ?? code[2] ?? code[3]) as string, 16));
    const unit = this.#take(/[\s\S]/)?.[0];
    if (unit === undefined) throw new Fault('bad escape (end of pattern)');
    if (Object.hasOwn(OWN_ESCAPES, unit)) return OWN_ESCAPES[unit] as string;
    if (/[A-Za-z0-9]/.test(unit)) throw new Fault(`bad escape \\${unit}`);
    return literal(unit, syntax);
  }

  /** A class, behind its bracket. */
  #class(): string {
    let out = this.#take(/\^/) ? '[^' : '[';
    for (let first = true; ; first = false) {
      if (!first && this.#take(/\]/)) return `${out}]`;
      const member = this.#member();
      // A hyphen makes a range unless it is the last.
      const range = this.#take(/-(?!\])/);
      out += range ? `${member}-${this.#member()}` : member;
    }
  }

  #member(): string {
    if (!this.#take(/\\/)) {
      const unit = this.#take(/[\s\S]/)?.[0];
      if (unit === undefined) throw new Fault('unterminated character set');
      return literal(unit, CLASS_SYNTAX);
    }
    const set = this.#take(/[dwsDWS]/)?.[0];
    if (set !== undefined) return this.#set(set);
    if (this.#take(/b/)) return '\\x08';
    const octal = this.#take(/[0-7]{1,3}/);
    return octal ? character(Number.parseInt(octal[0], 8)) : this.#character(CLASS_SYNTAX);
  }
}

const anchored = (source: string, find: PythonRegexFlags['find']): string => {
  if (find === 'match') return `^(?:${source})`;
  return find === 'fullmatch' ? `^(?:${source})$` : source;
};

const character = (code: number): string => `\\u{${code.toString(16)}}`;
const literalText = (text: string): string => [...text].map((unit) => literal(unit, SYNTAX)).join('');

/**
 * A regular expression of Python's `re` as one of JavaScript that finds the same. What JavaScript has no counterpart for (possessive
 * quantifiers, conditionals, flags of a group) is an error with `code`, as is what is no expression.
 */
export const pythonRegex = (pattern: string, { find, ...flags }: PythonRegexFlags, code: ErrorCode): RegExp => {
  const inline = /^\(\?([a-zA-Z]+)\)/.exec(pattern);
  const all: { -readonly [name in Switch]?: boolean } = { ...flags };
  const fault = (reason: string, cause?: unknown): RatchetError =>
    new RatchetError(code, `The regular expression "${pattern}" is not valid: ${reason}.`, { cause });
  for (const letter of inline?.[1] ?? '') {
    const name = Object.hasOwn(INLINE, letter) ? INLINE[letter] : undefined;
    if (name) all[name] = true;
    else if (letter !== 'u') throw fault(`the flag "${letter}" is not known`);
  }
  try {
    const source = new Translation(pattern.slice(inline?.[0].length ?? 0), all).whole();
    return new RegExp(anchored(source, find), `v${all.global ? 'g' : ''}${all.ignoreCase ? 'i' : ''}`);
  } catch (thrown) {
    if (thrown instanceof Fault) throw fault(thrown.message);
    if (!(thrown instanceof SyntaxError)) throw thrown;
    // The engine's reason stands behind the last colon: "Nothing to repeat".
    throw fault((thrown.message.split(': ').at(-1) ?? '').toLowerCase(), thrown);
  }
};
