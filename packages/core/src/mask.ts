import { Float } from './value.js';

/** What stands in the place of a secret. */
export const MASKED = '********';

const SHORTEST = 3;

const SECRET_NAME = /pass(word|phrase)?$|_pass$|token|secret/i;

/** Whether a variable's name says that its value is a secret (`ansible_password`, `api_token`). */
export const isSecretName = (name: string): boolean => SECRET_NAME.test(name);

const SECRET_IN_ITSELF = /(?:^|_)(?:pass|passwd|password|passphrase|pwd|token|secret|api_?key)$/i;
const SHORTEST_NAMED = 6;

/**
 * Whether the value of a variable is masked because its name ends as that of a secret does (`db_password`, `api_token`). Values shorter than
 * six characters are not: unlike the passwords of a connection, they may be ordinary words.
 */
export const isNamedSecret = (name: string, value: unknown): value is string =>
  typeof value === 'string' && value.length >= SHORTEST_NAMED && SECRET_IN_ITSELF.test(name);

/**
 * The secret values known to this process, and the one function that takes them out of a text.
 * It stands before every event, journal line, output and error. Values shorter than three characters are not masked
 * inside text (they would blank ordinary words).
 */
export class Secrets {
  readonly #values = new Set<string>();
  #pattern: RegExp | undefined;

  /** Remembers a secret, also as it looks inside JSON and on each of its lines. */
  add(value: string): void {
    if (this.#values.has(value)) return;
    for (const form of [value, JSON.stringify(value).slice(1, -1), ...value.split(/\r?\n/)]) {
      if (form.length >= SHORTEST) this.#values.add(form);
    }
    this.#pattern = undefined;
  }

  /** The text with every known secret masked. */
  mask(text: string): string {
    if (this.#values.size === 0) return text;
    if (!this.#pattern) {
      const longestFirst = [...this.#values].sort((a, b) => b.length - a.length);
      this.#pattern = new RegExp(
        longestFirst.map((value) => value.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|'),
        'g',
      );
    }
    return text.replace(this.#pattern, MASKED);
  }

  /** Plain data with every string in it masked, keys included. */
  maskDeep<T>(data: T): T {
    if (this.#values.size === 0) return data;
    return this.#walk(data) as T;
  }

  #walk(data: unknown): unknown {
    if (typeof data === 'string') return this.mask(data);
    if (Array.isArray(data)) return data.map((item) => this.#walk(item));
    if (data instanceof Map) return new Map([...data].map(([key, value]) => [this.#walk(key), this.#walk(value)]));
    if (data !== null && typeof data === 'object' && !(data instanceof Float)) {
      return Object.fromEntries(Object.entries(data).map(([key, value]) => [this.mask(key), this.#walk(value)]));
    }
    return data;
  }
}
