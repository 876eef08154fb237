import type { Float } from '@ratchet/core';
import type { BinaryOperator } from './arithmetic.js';
import type { Arguments, CompareOperator, Expression, FilterCall } from './ast.js';
import { SyntaxFault } from './lexer.js';
import { TokenCursor } from './token-cursor.js';

const MAX_DEPTH = 150;
const KEYWORDS = new Set(['and', 'or', 'not', 'is', 'in', 'if', 'else', 'elif', 'recursive', 'for']);
const COMPARE = new Set(['==', '!=', '<', '>', '<=', '>=']);
const CONSTANTS = new Map<string, true | false | null>([
  ['true', true],
  ['True', true],
  ['false', false],
  ['False', false],
  ['none', null],
  ['None', null],
]);
export const NO_ARGUMENTS: Arguments = { positional: [], named: [], spreadNamed: [] };

/** A parser of Jinja's expressions over tokens. Throws SyntaxFault with the offset of the token. */
export class ExpressionParser extends TokenCursor {
  #depth = 0;

  #deeper<T>(parse: () => T): T {
    if (++this.#depth > MAX_DEPTH) throw new SyntaxFault('The expression is nested too deeply.', this.token.at);
    const result = parse();
    this.#depth--;
    return result;
  }

  /** An expression, or several separated by commas as a list. */
  tuple(withCondition = true): Expression {
    const { at } = this.token;
    const first = withCondition ? this.expression() : this.#or();
    if (!this.isOperator(',')) return first;
    const items = [first];
    while (this.takeOperator(',')) {
      if (this.token.kind === 'end' || this.isOperator(')') || this.isOperator('=')) break;
      items.push(withCondition ? this.expression() : this.#or());
    }
    return { kind: 'tuple', items, at };
  }

  expression(): Expression {
    return this.#deeper(() => {
      let value = this.#or();
      while (this.takeName('if')) {
        const test = this.#or();
        const otherwise = this.takeName('else') ? this.expression() : undefined;
        value = { kind: 'if', test, yes: value, otherwise, at: value.at };
      }
      return value;
    });
  }

  /** An expression without an inline `if`, as the source of a `for` wants it. */
  withoutCondition(): Expression {
    return this.tuple(false);
  }

  #or(): Expression {
    let left = this.#and();
    while (this.takeName('or')) left = { kind: 'or', left, right: this.#and(), at: left.at };
    return left;
  }

  #and(): Expression {
    let left = this.#not();
    while (this.takeName('and')) left = { kind: 'and', left, right: this.#not(), at: left.at };
    return left;
  }

  #not(): Expression {
    const { at } = this.token;
    if (!this.takeName('not')) return this.#compare();
    return this.#deeper(() => ({ kind: 'not', operand: this.#not(), at }) as const);
  }

  #compare(): Expression {
    const first = this.#sum();
    const rest: { readonly operator: CompareOperator; readonly operand: Expression }[] = [];
    for (;;) {
      const operator = this.#compareOperator();
      if (!operator) break;
      rest.push({ operator, operand: this.#sum() });
    }
    return rest.length === 0 ? first : { kind: 'compare', first, rest, at: first.at };
  }

  #compareOperator(): CompareOperator | undefined {
    if (this.token.kind === 'operator' && COMPARE.has(this.token.text)) return this.advance().text as CompareOperator;
    if (this.takeName('in')) return 'in';
    if (this.isName('not') && this.ahead(1).text === 'in' && this.ahead(1).kind === 'name') {
      this.skip(2);
      return 'not in';
    }
    return undefined;
  }

  #binary(operators: readonly string[], next: () => Expression): Expression {
    let left = next();
    while (this.token.kind === 'operator' && operators.includes(this.token.text)) {
      const operator = this.advance().text as BinaryOperator;
      left = { kind: 'binary', operator, left, right: next(), at: left.at };
    }
    return left;
  }

  #sum = (): Expression => this.#binary(['+', '-'], this.#concat);
  #concat = (): Expression => this.#binary(['~'], this.#product);
  #product = (): Expression => this.#binary(['*', '/', '//', '%'], this.#power);
  #power = (): Expression => this.#binary(['**'], () => this.#unary(true));

  #unary(withFilter: boolean): Expression {
    const { at } = this.token;
    let value: Expression;
    if (this.isOperator('-') || this.isOperator('+')) {
      const operator = this.advance().text as '-' | '+';
      value = this.#deeper(() => ({ kind: 'sign', operator, operand: this.#unary(false), at }) as const);
    } else value = this.#primary();
    value = this.#postfix(value);
    return withFilter ? this.#filtered(value) : value;
  }

  #primary(): Expression {
    const { kind, at, value } = this.token;
    if (kind === 'string') return this.#strings();
    if (kind === 'number') {
      this.skip(1);
      return { kind: 'literal', value: value as number | bigint | Float, at };
    }
    if (kind === 'name') return this.#name();
    if (this.takeOperator('(')) return this.#deeper(() => this.#group(at));
    if (this.takeOperator('[')) return this.#deeper(() => ({ kind: 'list', items: this.#items(']'), at }) as const);
    if (this.takeOperator('{')) return this.#deeper(() => this.#dict(at));
    throw this.fault('A value was expected');
  }

  #name(): Expression {
    const { text, at } = this.token;
    if (KEYWORDS.has(text)) throw this.fault('A value was expected');
    this.skip(1);
    const constant = CONSTANTS.get(text);
    return constant === undefined ? { kind: 'name', name: text, at } : { kind: 'literal', value: constant, at };
  }

  #strings(): Expression {
    const { at } = this.token;
    let value = '';
    while (this.token.kind === 'string') value += this.advance().value as string;
    return { kind: 'literal', value, at };
  }

  #group(at: number): Expression {
    if (this.takeOperator(')')) return { kind: 'tuple', items: [], at };
    const value = this.tuple();
    this.expectOperator(')');
    return value;
  }

  #items(close: string): Expression[] {
    const items: Expression[] = [];
    while (!this.takeOperator(close)) {
      items.push(this.expression());
      if (!this.takeOperator(',')) {
        this.expectOperator(close);
        break;
      }
    }
    return items;
  }

  #dict(at: number): Expression {
    const entries: (readonly [Expression, Expression])[] = [];
    while (!this.takeOperator('}')) {
      const key = this.expression();
      this.expectOperator(':');
      entries.push([key, this.expression()]);
      if (!this.takeOperator(',')) {
        this.expectOperator('}');
        break;
      }
    }
    return { kind: 'dict', entries, at };
  }

  #postfix(start: Expression): Expression {
    let value = start;
    for (;;) {
      const { at } = this.token;
      if (this.takeOperator('.')) value = this.#member(value, at);
      else if (this.takeOperator('[')) value = this.#subscript(value, at);
      else if (this.isOperator('(')) value = { kind: 'call', target: value, args: this.args(), at: value.at };
      else return value;
    }
  }

  #member(target: Expression, at: number): Expression {
    if (this.token.kind === 'name') return { kind: 'attribute', target, name: this.advance().text, at };
    if (this.token.kind === 'number' && /^\d+(?:\.\d+)?$/.test(this.token.text)) {
      const [first, second] = this.advance().text.split('.') as [string, string | undefined];
      const item: Expression = { kind: 'item', target, index: { kind: 'literal', value: Number(first), at }, at };
      if (second === undefined) return item;
      return { kind: 'item', target: item, index: { kind: 'literal', value: Number(second), at }, at };
    }
    throw this.fault('A name was expected after "."');
  }

  #subscript(target: Expression, at: number): Expression {
    const bounds: (Expression | undefined)[] = [this.isOperator(':') ? undefined : this.tuple()];
    while (this.takeOperator(':'))
      bounds.push(this.isOperator(':') || this.isOperator(']') ? undefined : this.expression());
    this.expectOperator(']');
    const [start, stop, step] = bounds;
    if (bounds.length === 1) return { kind: 'item', target, index: start as Expression, at };
    if (bounds.length > 3) throw new SyntaxFault('A slice has at most three parts.', at);
    return { kind: 'slice', target, bounds: [start, stop, step], at };
  }

  #filtered(start: Expression): Expression {
    let value = start;
    for (;;) {
      if (this.takeOperator('|')) {
        const { name, args, at } = this.filterCall();
        value = { kind: 'filter', target: value, name, args, at };
      } else if (this.isName('is')) value = this.#test(value);
      else if (this.isOperator('(')) value = { kind: 'call', target: value, args: this.args(), at: value.at };
      else return value;
    }
  }

  /** A filter's name and arguments, after the `|`. */
  filterCall(): FilterCall {
    const { at } = this.token;
    const name = this.#dotted('The name of a filter');
    return { name, args: this.isOperator('(') ? this.args() : NO_ARGUMENTS, at };
  }

  #dotted(what: string): string {
    let name = this.expectName(what);
    while (this.takeOperator('.')) name += `.${this.expectName(what)}`;
    return name;
  }

  #test(target: Expression): Expression {
    this.skip(1);
    const negated = this.takeName('not');
    const { at } = this.token;
    const name = this.#dotted('The name of a test');
    const args = this.isOperator('(') ? this.args() : this.#startsOperand() ? this.#bareArgument() : NO_ARGUMENTS;
    return { kind: 'test', target, name, args, negated, at };
  }

  #startsOperand(): boolean {
    const { kind, text } = this.token;
    if (kind === 'name') return !KEYWORDS.has(text);
    return kind === 'string' || kind === 'number' || (kind === 'operator' && (text === '[' || text === '{'));
  }

  #bareArgument(): Arguments {
    return { ...NO_ARGUMENTS, positional: [{ value: this.#postfix(this.#primary()), spread: false }] };
  }

  /** Arguments in parentheses. */
  args(): Arguments {
    this.expectOperator('(');
    const positional: { readonly value: Expression; readonly spread: boolean }[] = [];
    const named: { readonly name: string; readonly value: Expression }[] = [];
    const spreadNamed: Expression[] = [];
    while (!this.takeOperator(')')) {
      if (this.takeOperator('**')) spreadNamed.push(this.expression());
      else if (this.takeOperator('*')) positional.push({ value: this.expression(), spread: true });
      else if (this.token.kind === 'name' && this.ahead(1).kind === 'operator' && this.ahead(1).text === '=') {
        const name = this.advance().text;
        this.skip(1);
        named.push({ name, value: this.expression() });
      } else if (named.length > 0) throw this.fault('A named argument was expected after a named one');
      else positional.push({ value: this.expression(), spread: false });
      if (!this.takeOperator(',')) {
        this.expectOperator(')');
        break;
      }
    }
    return { positional, named, spreadNamed };
  }
}
