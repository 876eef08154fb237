import { createHash } from 'node:crypto';

const ALPHABET = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const DEFAULT_ROUNDS = 5000;

export type ShaCrypt = 'sha256' | 'sha512';

/** The order in which the bytes of the digest are written, three at a time (Drepper's specification of SHA-crypt). */
const order = (kind: ShaCrypt): readonly (readonly number[])[] => {
  const third = kind === 'sha512' ? 21 : 10;
  const groups: number[][] = [];
  let group = [0, third, 2 * third];
  for (let count = 0; count < third; count++) {
    groups.push(group);
    const [a = 0, b = 0, c = 0] = group;
    group = kind === 'sha512' ? [b + 1, c + 1, a + 1] : [c + 1, a + 1, b + 1];
  }
  return groups;
};

const written = (value: number, length: number): string => {
  let text = '';
  for (let count = 0, rest = value; count < length; count++, rest >>>= 6) text += ALPHABET[rest & 63];
  return text;
};

const encoded = (digest: Buffer, kind: ShaCrypt): string => {
  const at = (index: number | undefined): number => digest[index ?? 0] as number;
  const body = order(kind)
    .map(([a, b, c]) => written((at(a) << 16) | (at(b) << 8) | at(c), 4))
    .join('');
  return body + (kind === 'sha512' ? written(at(63), 2) : written((at(31) << 8) | at(30), 3));
};

const repeated = (block: Buffer, length: number): Buffer =>
  Buffer.concat(Array.from({ length: Math.ceil(length / block.length) }, () => block)).subarray(0, length);

/**
 * SHA-crypt (`$5$`, `$6$`) as glibc's `crypt` makes it, after Ulrich Drepper's published specification. The salt's first 16
 * characters count; `rounds` is written into the result only when it is given.
 */
export const shaCrypt = (kind: ShaCrypt, password: string, salt: string, rounds?: number): string => {
  const key = Buffer.from(password, 'utf8');
  const salted = Buffer.from(salt.slice(0, 16), 'utf8');
  const hash = (...parts: readonly Buffer[]): Buffer => createHash(kind).update(Buffer.concat(parts)).digest();
  const inner = hash(key, salted, key);
  const bits: Buffer[] = [];
  for (let rest = key.length; rest > 0; rest >>= 1) bits.push(rest & 1 ? inner : key);
  let digest = hash(key, salted, repeated(inner, key.length), ...bits);
  const keyBlock = repeated(hash(...Array.from({ length: key.length }, () => key)), key.length);
  const saltBlock = repeated(hash(...Array.from({ length: 16 + (digest[0] as number) }, () => salted)), salted.length);
  const count = Math.min(999_999_999, Math.max(1000, rounds ?? DEFAULT_ROUNDS));
  for (let round = 0; round < count; round++)
    digest = hash(
      round & 1 ? keyBlock : digest,
      ...(round % 3 ? [saltBlock] : []),
      ...(round % 7 ? [keyBlock] : []),
      round & 1 ? digest : keyBlock,
    );
  const prefix = kind === 'sha512' ? '$6$' : '$5$';
  return `${prefix}${rounds === undefined ? '' : `rounds=${count}$`}${salt.slice(0, 16)}$${encoded(digest, kind)}`;
};
