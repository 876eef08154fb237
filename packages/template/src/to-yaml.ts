import { Float, RatchetError, Template, type Value } from '@ratchet/core';
import { compare, isDict, isList } from './python.js';
import { str } from './python-text.js';
import { escapedUnit, stylesOf } from './yaml-scalar.js';

export interface YamlStyle {
  readonly indent: number;
  /** What stands on one line: everything, innermost lists and mappings (as `to_yaml` writes them), or nothing. */
  readonly flow: 'all' | 'innermost' | 'none';
  /** Whether `---` begins the text, and `...` ends it. */
  readonly start?: boolean;
  readonly end?: boolean;
  readonly sort: boolean;
  /** Columns after which a text or a list on one line goes on in the next. */
  readonly width: number;
}

/** A value as a YAML text, folded and quoted as PyYAML does it, with a line break at its end. */
export const toYaml = (value: Value, style: YamlStyle): string => {
  const emitter = new YamlEmitter(style);
  emitter.document(value);
  return emitter.text.endsWith('\n') ? emitter.text : `${emitter.text}\n`;
};

const isScalar = (value: Value): boolean => !isList(value) && !isDict(value);
const isInnermost = (value: Value): boolean =>
  isList(value) ? value.every(isScalar) : isDict(value) && [...value.values()].every(isScalar);
const isEmpty = (value: Value): boolean => (isList(value) ? value.length === 0 : isDict(value) && value.size === 0);

const plainText = (value: Value): string => {
  if (value === null) return 'null';
  if (typeof value === 'boolean') return String(value);
  if (value instanceof Float && !Number.isFinite(value.value))
    return Number.isNaN(value.value) ? '.nan' : value.value > 0 ? '.inf' : '-.inf';
  return str(value);
};

// Keys that have no order among each other stand as they are, as PyYAML leaves them.
const sorted = (value: ReadonlyMap<Value, Value>): readonly (readonly [Value, Value])[] => {
  try {
    return [...value].sort(([a], [b]) => compare(a, b));
  } catch (thrown) {
    if (thrown instanceof RatchetError) return [...value];
    throw thrown;
  }
};

class YamlEmitter {
  text = '';
  #column = 0;
  readonly #style: YamlStyle;

  constructor(style: YamlStyle) {
    this.#style = style;
  }

  #write(text: string): void {
    this.text += text;
    const end = text.lastIndexOf('\n');
    this.#column = end === -1 ? this.#column + text.length : text.length - end - 1;
  }

  #newLine(indent: number): void {
    this.#write(`\n${' '.repeat(indent)}`);
  }

  /** The whole, with the marks around it that are asked for. */
  document(value: Value): void {
    if (this.#style.start) this.#write(this.#onLine(value) ? '--- ' : '---\n');
    this.node(value, 0, true);
    if (this.#style.end) this.#write('\n...\n');
  }

  /** A node of a block; `fresh` says that it begins its line. `indent`: the column of the block that holds it. */
  node(value: Value, indent: number, fresh: boolean): void {
    if (isScalar(value)) this.#scalar(value, indent + this.#style.indent, false, true);
    else if (this.#onLine(value)) this.#flow(value, indent + this.#style.indent);
    else if (isList(value)) this.#blockList(value, indent, fresh);
    else if (isDict(value)) this.#blockDict(value, indent, fresh);
  }

  #entries(value: ReadonlyMap<Value, Value>): readonly (readonly [Value, Value])[] {
    return this.#style.sort ? sorted(value) : [...value];
  }

  #onLine(value: Value): boolean {
    const { flow } = this.#style;
    return isScalar(value) || isEmpty(value) || flow === 'all' || (flow === 'innermost' && isInnermost(value));
  }

  #blockList(items: readonly Value[], indent: number, fresh: boolean): void {
    items.forEach((item, index) => {
      if (index > 0 || !fresh) this.#newLine(indent);
      this.#write('-');
      if (this.#onLine(item)) {
        this.#write(' ');
        this.node(item, indent, true);
        return;
      }
      const inner = indent + Math.max(2, this.#style.indent);
      this.#write(' '.repeat(inner - this.#column));
      this.node(item, inner, true);
    });
  }

  #blockDict(dict: ReadonlyMap<Value, Value>, indent: number, fresh: boolean): void {
    this.#entries(dict).forEach(([key, item], index) => {
      if (index > 0 || !fresh) this.#newLine(indent);
      this.#scalar(key, indent, false, false);
      this.#write(':');
      if (this.#onLine(item)) {
        this.#write(' ');
        this.node(item, indent, true);
        // A list below a key stands at the key's own column, as PyYAML writes it.
      } else this.node(item, isList(item) ? indent : indent + this.#style.indent, false);
    });
  }

  #flow(value: Value, indent: number): void {
    const { width } = this.#style;
    const parts = isDict(value) ? this.#entries(value) : (value as readonly Value[]).map((item) => [item] as const);
    this.#write(isDict(value) ? '{' : '[');
    parts.forEach(([first, second], index) => {
      if (index > 0) this.#write(',');
      if (this.#column > width) this.#newLine(indent);
      else if (index > 0) this.#write(' ');
      this.#flowPart(first, indent, second === undefined);
      if (second === undefined) return;
      this.#write(':');
      this.#write(' ');
      this.#flowPart(second, indent, true);
    });
    this.#write(isDict(value) ? '}' : ']');
  }

  #flowPart(value: Value, indent: number, split: boolean): void {
    if (isScalar(value)) this.#scalar(value, indent + this.#style.indent, true, split);
    else this.#flow(value, indent + this.#style.indent);
  }

  #scalar(value: Value, indent: number, inFlow: boolean, split: boolean): void {
    const text = value instanceof Template ? value.text : value;
    if (typeof text === 'string') this.#text(text, indent, inFlow, split);
    else this.#write(plainText(text));
  }

  #text(text: string, indent: number, inFlow: boolean, split: boolean): void {
    const styles = stylesOf(text);
    if (inFlow ? styles.plainInFlow : styles.plainInBlock) this.#folded(text, indent, split, false);
    else if (!styles.single || (!split && text.includes('\n'))) this.#doubleQuoted(text, indent, split);
    else {
      this.#write("'");
      this.#folded(text.replaceAll("'", "''"), indent, split, true);
      this.#write("'");
    }
  }

  /** A text cut at single blanks beyond the width; a line break of the text is written as an empty line. */
  #folded(text: string, indent: number, split: boolean, quoted: boolean): void {
    for (const found of text.matchAll(/ +|\n+|[^ \n]+/g)) {
      const [piece] = found;
      // A blank at either end of a quoted text stays.
      const atEnd = quoted && (found.index === 0 || found.index + piece.length === text.length);
      if (piece.startsWith('\n')) {
        this.#write(`\n${piece}`);
        this.#write(' '.repeat(indent));
      } else if (piece === ' ' && split && !atEnd && this.#column > this.#style.width) this.#newLine(indent);
      else this.#write(piece);
    }
  }

  #doubleQuoted(text: string, indent: number, split: boolean): void {
    this.#write('"');
    const units = [...text];
    units.forEach((unit, index) => {
      const inside = index > 0 && index < units.length - 1;
      if (unit === ' ' && inside && split && this.#column > this.#style.width) {
        this.#write('\\');
        this.#newLine(indent);
        this.#write('\\ ');
      } else this.#write(escapedUnit(unit));
    });
    this.#write('"');
  }
}
