import { SyntaxFault, type Token } from './lexer.js';

/** Walks over tokens. Throws SyntaxFault with the offset of the token. */
export class TokenCursor {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  get token(): Token {
    return this.#tokens[Math.min(this.#at, this.#tokens.length - 1)] as Token;
  }

  /** The token so many places further on. */
  ahead(count: number): Token {
    return this.#tokens[Math.min(this.#at + count, this.#tokens.length - 1)] as Token;
  }

  advance(): Token {
    const token = this.token;
    this.#at++;
    return token;
  }

  isOperator(text: string): boolean {
    return this.token.kind === 'operator' && this.token.text === text;
  }

  isName(text: string): boolean {
    return this.token.kind === 'name' && this.token.text === text;
  }

  takeOperator(text: string): boolean {
    if (!this.isOperator(text)) return false;
    this.#at++;
    return true;
  }

  takeName(text: string): boolean {
    if (!this.isName(text)) return false;
    this.#at++;
    return true;
  }

  expectOperator(text: string): void {
    if (!this.takeOperator(text)) throw this.fault(`"${text}" was expected`);
  }

  expectName(what = 'a name'): string {
    if (this.token.kind !== 'name') throw this.fault(`${what} was expected`);
    return this.advance().text;
  }

  expectEnd(): void {
    if (this.token.kind !== 'end') throw this.fault('The end was expected');
  }

  fault(message: string): SyntaxFault {
    const { kind, text, at } = this.token;
    return new SyntaxFault(`${message}, and ${kind === 'end' ? 'the end' : `"${text}"`} was found.`, at);
  }

  skip(count: number): void {
    this.#at += count;
  }
}
