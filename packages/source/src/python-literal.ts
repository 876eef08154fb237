import { Float, float, PYTHON_ESCAPES, type Value } from '@ratchet/core';
import { exactInteger } from './scalar.js';

const NUMBER =
  /^(?:0[xX](?:_?[0-9a-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+|(?:[0-9](?:_?[0-9])*)?\.[0-9](?:_?[0-9])*(?:[eE][-+]?[0-9]+)?|[0-9](?:_?[0-9])*\.?(?:[eE][-+]?[0-9]+)?)(?![A-Za-z0-9_.])/;
const ESCAPES: Readonly<Record<string, string>> = {
  '\n': '',
  '\\': '\\',
  "'": "'",
  '"': '"',
  ...PYTHON_ESCAPES,
};
const MAX_DEPTH = 100;

class NotALiteral extends Error {}

// One for all: most values of an inventory are none, and a stack for each would cost more than reading it.
const NO_LITERAL = new NotALiteral();

// Most numbers of an inventory; no reader for them, and none for what has two points, as addresses and versions do.
const SMALL = /^(?:0|[1-9]\d{0,14})$/;
const DECIMAL = /^\d{1,15}\.\d{1,15}$/;
const POINTED = /^\d+\.\d+\.[\d.]*$/;

const isDigit = (text: string): boolean => {
  const code = text.charCodeAt(0);
  return code >= 48 && code <= 57;
};

/** What a literal can begin with. */
const BEGINNING = /^(?:[-+.\d[({'"#\s]|[rRuU]['"]|True|False|None)/;

/**
 * The value of a Python literal (number, text, True, False, None, list, tuple, dict), or undefined when the text is none;
 * the reading of INI inventories. Strings in it are plain texts.
 */
export const pythonLiteral = (text: string): Value | undefined => {
  if (isDigit(text)) {
    if (SMALL.test(text)) return Number(text);
    if (DECIMAL.test(text)) return float(Number(text));
    if (POINTED.test(text)) return undefined;
  }
  // A dict is no key, so that a template is no literal.
  if (text.startsWith('{{') || !BEGINNING.test(text)) return undefined;
  try {
    return new LiteralReader(text.replace(/^[ \t]+/, '')).whole();
  } catch (thrown) {
    if (thrown instanceof NotALiteral) return undefined;
    throw thrown;
  }
};

class LiteralReader {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  whole(): Value {
    const value = this.#listed();
    this.#space();
    if (this.#at < this.#text.length) throw NO_LITERAL;
    return value;
  }

  // `1, 2` without brackets is a tuple.
  #listed(): Value {
    const first = this.#value();
    if (!this.#take(',')) return first;
    const items = [first];
    for (;;) {
      this.#space();
      if (this.#at >= this.#text.length) return items;
      items.push(this.#value());
      if (!this.#take(',')) return items;
    }
  }

  #space(): void {
    const lines = this.#depth > 0 ? /[\s]/ : /[ \t]/;
    for (;;) {
      const unit = this.#text[this.#at];
      if (unit === undefined) return;
      if (lines.test(unit)) this.#at++;
      else if (unit === '#') this.#comment();
      else if (/\s/.test(unit) && this.#text.slice(this.#at).trim() === '') this.#at = this.#text.length;
      else return;
    }
  }

  #comment(): void {
    const end = this.#text.indexOf('\n', this.#at);
    this.#at = end === -1 ? this.#text.length : end;
  }

  #take(mark: string): boolean {
    this.#space();
    if (!this.#text.startsWith(mark, this.#at)) return false;
    this.#at += mark.length;
    return true;
  }

  #value(): Value {
    this.#space();
    const rest = this.#text.slice(this.#at, this.#at + 6);
    if (rest[0] === '[') return this.#items('[', ']');
    if (rest[0] === '(') return this.#group();
    if (rest[0] === '{') return this.#dict();
    if (/^(?:[rRuU]?)['"]/.test(rest)) return this.#strings();
    if (rest[0] === '-' || rest[0] === '+') return this.#signed();
    const word = /^(?:True|False|None)(?![\w])/.exec(this.#text.slice(this.#at));
    if (!word) return this.#number();
    this.#at += word[0].length;
    return word[0] === 'None' ? null : word[0] === 'True';
  }

  #signed(): Value {
    const negative = this.#text[this.#at++] === '-';
    this.#space();
    const value = this.#number();
    if (!negative) return value;
    if (value instanceof Float) return new Float(-value.value);
    return typeof value === 'bigint' ? -value : 0 - (value as number);
  }

  #number(): Value {
    const found = NUMBER.exec(this.#text.slice(this.#at));
    if (!found) throw NO_LITERAL;
    const digits = found[0].replaceAll('_', '');
    this.#at += found[0].length;
    if (/^0[xXoObB]/.test(digits)) return exactInteger(BigInt(digits));
    if (/[.eE]/.test(digits)) return float(Number(digits));
    if (/^0+[1-9]/.test(digits)) throw NO_LITERAL;
    return exactInteger(BigInt(digits));
  }

  #enter(): void {
    if (++this.#depth > MAX_DEPTH) throw NO_LITERAL;
  }

  #items(open: string, close: string): Value[] {
    this.#enter();
    this.#take(open);
    const items: Value[] = [];
    while (!this.#take(close)) {
      items.push(this.#value());
      if (!this.#take(',')) {
        if (!this.#take(close)) throw NO_LITERAL;
        break;
      }
    }
    this.#depth--;
    return items;
  }

  #group(): Value {
    const start = this.#at;
    const items = this.#items('(', ')');
    if (items.length !== 1) return items;
    const inner = this.#text.slice(start, this.#at);
    return /,\s*\)$/.test(inner) ? items : (items[0] as Value);
  }

  #dict(): Value {
    this.#enter();
    this.#take('{');
    const dict = new Map<Value, Value>();
    while (!this.#take('}')) {
      const key = this.#value();
      if (typeof key === 'object' && key !== null) throw NO_LITERAL;
      if (!this.#take(':')) throw NO_LITERAL;
      dict.set(key, this.#value());
      if (!this.#take(',')) {
        if (!this.#take('}')) throw NO_LITERAL;
        break;
      }
    }
    this.#depth--;
    return dict;
  }

  #strings(): string {
    let text = '';
    do {
      text += this.#string();
      this.#space();
    } while (/^(?:[rRuU]?)['"]/.test(this.#text.slice(this.#at, this.#at + 2)));
    return text;
  }

  #string(): string {
    const prefix = /^[rRuU]/.test(this.#text[this.#at] as string) ? this.#text[this.#at++] : '';
    const raw = prefix === 'r' || prefix === 'R';
    const quote = this.#text[this.#at] as string;
    const mark = this.#text.startsWith(quote.repeat(3), this.#at) ? quote.repeat(3) : quote;
    this.#at += mark.length;
    let text = '';
    while (!this.#text.startsWith(mark, this.#at)) {
      const unit = this.#text[this.#at];
      if (unit === undefined || (unit === '\n' && mark.length === 1)) throw NO_LITERAL;
      this.#at++;
      if (unit !== '\\') text += unit;
      else if (raw) text += unit + (this.#text[this.#at++] ?? '');
      else text += this.#escape();
    }
    this.#at += mark.length;
    return text;
  }

  #escape(): string {
    const unit = this.#text[this.#at++];
    if (unit === undefined) throw NO_LITERAL;
    const known = Object.hasOwn(ESCAPES, unit) ? ESCAPES[unit] : undefined;
    if (known !== undefined) return known;
    const rest = this.#text.slice(this.#at - 1);
    const coded = /^(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))/.exec(rest);
    const octal = /^[0-7]{1,3}/.exec(rest);
    if (!coded && !octal) return `\\${unit}`;
    this.#at += ((coded ?? octal)?.[0].length ?? 1) - 1;
    const code = coded
      ? Number.parseInt(coded[1] ?? coded[2] ?? coded[3] ?? '0', 16)
      : Number.parseInt(octal?.[0] ?? '0', 8);
    if (code > 0x10ffff) throw NO_LITERAL;
    return String.fromCodePoint(code);
  }
}
