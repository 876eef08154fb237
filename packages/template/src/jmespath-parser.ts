import type { Value } from '@ratchet/core';
import { templateError } from './item.js';
import { fromJson } from './json.js';

/** An expression of JMESPath (jmespath.org's specification). */
export type Query =
  | { readonly kind: 'current' }
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'literal'; readonly value: Value }
  | { readonly kind: 'index'; readonly of: Query; readonly index: number }
  | { readonly kind: 'slice'; readonly of: Query; readonly bounds: readonly (number | undefined)[] }
  | { readonly kind: 'chain' | 'pipe' | 'or' | 'and'; readonly left: Query; readonly right: Query }
  | { readonly kind: 'flatten'; readonly of: Query }
  | { readonly kind: 'each' | 'values'; readonly of: Query; readonly next: Query }
  | { readonly kind: 'where'; readonly of: Query; readonly test: Query; readonly next: Query }
  | { readonly kind: 'not' | 'reference'; readonly of: Query }
  | { readonly kind: 'compare'; readonly operator: string; readonly left: Query; readonly right: Query }
  | { readonly kind: 'list'; readonly items: readonly Query[] }
  | { readonly kind: 'hash'; readonly entries: readonly (readonly [string, Query])[] }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Query[] };

const TOKEN =
  /\s*(?:([A-Za-z_]\w*)|"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|`((?:[^`\\]|\\.)*)`|(-?\d+)|(\[\?|\[\]|\|\||&&|==|!=|<=|>=|[.*@|!<>()[\]{},:&]))/y;

interface Token {
  readonly kind: 'name' | 'quoted' | 'raw' | 'literal' | 'number' | 'mark' | 'end';
  readonly text: string;
}

const KINDS = ['name', 'quoted', 'raw', 'literal', 'number', 'mark'] as const;
const MAX_DEPTH = 100;
/** How tightly projections bind what follows them, as the grammar of jmespath.org's own implementations ranks them. */
const POWER = { flatten: 9, each: 20, where: 21 } as const;
const CURRENT: Query = { kind: 'current' };

const tokensOf = (text: string): readonly Token[] => {
  const tokens: Token[] = [];
  let at = 0;
  while (text.slice(at).trim() !== '') {
    TOKEN.lastIndex = at;
    const found = TOKEN.exec(text);
    if (!found) throw templateError(`The query "${text}" is not valid at "${text.slice(at).trim().slice(0, 20)}".`);
    at = TOKEN.lastIndex;
    const index = KINDS.findIndex((_kind, place) => found[place + 1] !== undefined);
    tokens.push({ kind: KINDS[index] ?? 'mark', text: found[index + 1] ?? '' });
  }
  return [...tokens, { kind: 'end', text: '' }];
};

// Before JMESPath had `'text'`, a literal that is no JSON was a text without its quotes, and playbooks still write `present` so.
const literalOf = (text: string): Value => {
  try {
    return fromJson(text);
  } catch {
    return fromJson(`"${text.trimStart()}"`);
  }
};

/** Parses a query; throws `template-error`. */
export const parseQuery = (text: string): Query => new QueryParser(text).whole();

class QueryParser {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
    this.#tokens = tokensOf(text);
  }

  whole(): Query {
    const query = this.#pipe();
    if (this.#token.kind !== 'end') throw this.#fault();
    return query;
  }

  get #token(): Token {
    return this.#tokens[Math.min(this.#at, this.#tokens.length - 1)] as Token;
  }

  #fault(): Error {
    const { kind, text } = this.#token;
    return templateError(`The query "${this.#text}" is not valid at ${kind === 'end' ? 'its end' : `"${text}"`}.`);
  }

  #isMark(text: string): boolean {
    return this.#token.kind === 'mark' && this.#token.text === text;
  }

  #take(text: string): boolean {
    if (!this.#isMark(text)) return false;
    this.#at++;
    return true;
  }

  #expect(text: string): void {
    if (!this.#take(text)) throw this.#fault();
  }

  #chain(kind: 'pipe' | 'or' | 'and', mark: string, next: () => Query): Query {
    let left = next();
    while (this.#take(mark)) left = { kind, left, right: next() };
    return left;
  }

  #pipe(): Query {
    if (++this.#depth > MAX_DEPTH) throw templateError('The query is nested too deeply.');
    const query = this.#chain('pipe', '|', () => this.#or());
    this.#depth--;
    return query;
  }

  #or(): Query {
    return this.#chain('or', '||', () => this.#chain('and', '&&', () => this.#compare()));
  }

  #compare(): Query {
    const left = this.#not();
    const operator = this.#token.text;
    if (this.#token.kind !== 'mark' || !['==', '!=', '<', '<=', '>', '>='].includes(operator)) return left;
    this.#at++;
    return { kind: 'compare', operator, left, right: this.#not() };
  }

  #not(): Query {
    return this.#take('!') ? { kind: 'not', of: this.#not() } : this.#postfix(this.#primary());
  }

  /**
   * What follows a value. A projection takes what stands to its right for each of its items, up to a pipe or an operator, and up to what binds
   * `within` it no tighter than it does itself: `a[*].b[]` flattens what all of `a[*].b` comes to.
   */
  #postfix(start: Query, within = 0): Query {
    let query = start;
    for (;;) {
      if (this.#take('.')) {
        query = this.#take('*')
          ? { kind: 'values', of: query, next: this.#postfix(CURRENT, POWER.each) }
          : { kind: 'chain', left: query, right: this.#afterDot() };
      } else if (within < POWER.flatten && this.#take('[]')) {
        query = { kind: 'each', of: { kind: 'flatten', of: query }, next: this.#postfix(CURRENT, POWER.flatten) };
      } else if (within < POWER.where && this.#take('[?')) {
        const test = this.#pipe();
        this.#expect(']');
        query = { kind: 'where', of: query, test, next: this.#postfix(CURRENT, POWER.where) };
      } else if (this.#isMark('[') && this.#startsBracket()) {
        this.#at++;
        query = this.#bracket(query);
      } else return query;
    }
  }

  /** What `[` begins: all items, one of them, or a slice. */
  #bracket(of: Query): Query {
    const all = this.#take('*');
    if (all) this.#expect(']');
    const bounds = all ? [] : this.#bounds();
    if (bounds.length === 1) return { kind: 'index', of, index: bounds[0] ?? 0 };
    return { kind: 'each', of: all ? of : { kind: 'slice', of, bounds }, next: this.#postfix(CURRENT, POWER.each) };
  }

  #startsBracket(): boolean {
    const { kind, text } = this.#tokens[this.#at + 1] ?? { kind: 'end', text: '' };
    return kind === 'number' || (kind === 'mark' && (text === '*' || text === ':'));
  }

  #bounds(): (number | undefined)[] {
    const bounds: (number | undefined)[] = [undefined];
    while (!this.#take(']')) {
      if (this.#take(':')) bounds.push(undefined);
      else if (this.#token.kind === 'number') bounds[bounds.length - 1] = Number(this.#tokens[this.#at++]?.text);
      else throw this.#fault();
    }
    return bounds;
  }

  #afterDot(): Query {
    const { kind } = this.#token;
    if (kind === 'name' || kind === 'quoted' || this.#isMark('[') || this.#isMark('{')) return this.#primary();
    throw this.#fault();
  }

  #primary(): Query {
    const { kind, text } = this.#token;
    if (kind === 'end') throw this.#fault();
    if (kind === 'mark' && ['*', '[]', '[?'].includes(text)) {
      if (text !== '*') return CURRENT;
      this.#at++;
      return { kind: 'values', of: CURRENT, next: this.#postfix(CURRENT, POWER.each) };
    }
    if (this.#isMark('[') && this.#startsBracket()) return CURRENT;
    this.#at++;
    if (kind === 'name')
      return this.#take('(') ? { kind: 'call', name: text, args: this.#several(')') } : { kind: 'field', name: text };
    if (kind === 'quoted') return { kind: 'field', name: String(fromJson(`"${text}"`)) };
    if (kind === 'raw') return { kind: 'literal', value: text.replaceAll("\\'", "'") };
    if (kind === 'literal') return { kind: 'literal', value: literalOf(text.replaceAll('\\`', '`')) };
    if (text === '@') return CURRENT;
    if (text === '&') return { kind: 'reference', of: this.#or() };
    if (text === '(') {
      const inner = this.#pipe();
      this.#expect(')');
      return inner;
    }
    if (text === '[') return { kind: 'list', items: this.#several(']') };
    if (text === '{') return this.#hash();
    this.#at--;
    throw this.#fault();
  }

  #several(close: string): Query[] {
    const items: Query[] = [];
    if (this.#take(close)) return items;
    do items.push(this.#pipe());
    while (this.#take(','));
    this.#expect(close);
    return items;
  }

  #hash(): Query {
    const entries: (readonly [string, Query])[] = [];
    do {
      const { kind, text } = this.#token;
      if (kind !== 'name' && kind !== 'quoted') throw this.#fault();
      this.#at++;
      this.#expect(':');
      entries.push([kind === 'quoted' ? String(fromJson(`"${text}"`)) : text, this.#pipe()]);
    } while (this.#take(','));
    this.#expect('}');
    return { kind: 'hash', entries };
  }
}
