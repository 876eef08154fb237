import { isAscii, isUtf8 } from 'node:buffer';
import { createHash, randomInt } from 'node:crypto';
import { type Filter, numberArg, ofText, textArg } from './filter.js';
import { type Args, templateError } from './item.js';
import { type ShaCrypt, shaCrypt } from './sha-crypt.js';

const MIN_ROUNDS = 1000;
const MAX_ROUNDS = 1_000_000;
const SALT = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const ANSIBLE_NAMESPACE = '361e6d51-faec-444a-9079-341386da8e2e';

/** What OpenSSL calls hashes that Python names otherwise. */
const HASHES: ReadonlyMap<string, string> = new Map([
  ['sha3_224', 'sha3-224'],
  ['sha3_256', 'sha3-256'],
  ['sha3_384', 'sha3-384'],
  ['sha3_512', 'sha3-512'],
  ['blake2b', 'blake2b512'],
  ['blake2s', 'blake2s256'],
]);

const hashed = (algorithm: string, text: string): string => {
  try {
    return createHash(HASHES.get(algorithm) ?? algorithm)
      .update(text, 'utf8')
      .digest('hex');
  } catch {
    throw templateError(`There is no hash "${algorithm}".`);
  }
};

const MAX_SALT = 16;
const freshSalt = (size: number): string => Array.from({ length: size }, () => SALT[randomInt(SALT.length)]).join('');

const passwordHash = ofText((text, args) => {
  const kind = textArg(args, 0, 'hashtype', 'sha512');
  if (kind !== 'sha512' && kind !== 'sha256')
    throw templateError(`password_hash does not know "${kind}".`, 'Use sha512 or sha256.');
  const size = numberArg(args, 2, 'salt_size', MAX_SALT);
  if (!Number.isInteger(size) || size < 1 || size > MAX_SALT)
    throw templateError(`invalid salt size: salt_size is a number from 1 to ${MAX_SALT}.`);
  const salt = textArg(args, 1, 'salt', '') || freshSalt(size);
  if (salt.length > MAX_SALT) throw templateError(`invalid salt size: a salt has at most ${MAX_SALT} characters.`);
  if (/[^./0-9A-Za-z]/.test(salt)) throw templateError('A salt holds letters, digits, "." and "/" only.');
  const rounds = numberArg(args, 3, 'rounds', 0);
  if (rounds !== 0 && !(rounds >= MIN_ROUNDS && rounds <= MAX_ROUNDS))
    throw templateError(`password_hash takes ${MIN_ROUNDS} to ${MAX_ROUNDS} rounds.`);
  return shaCrypt(kind satisfies ShaCrypt, text, salt, rounds === 0 ? undefined : rounds);
});

/** A UUID of version 5: the name's SHA-1 below a namespace. */
const uuid = ofText((text, args) => {
  const namespace = textArg(args, 0, 'namespace', ANSIBLE_NAMESPACE).replaceAll('-', '');
  if (!/^[0-9a-fA-F]{32}$/.test(namespace)) throw templateError(`"${namespace}" is no UUID.`);
  const digest = createHash('sha1').update(Buffer.from(namespace, 'hex')).update(text, 'utf8').digest();
  digest[6] = ((digest[6] as number) & 0x0f) | 0x50;
  digest[8] = ((digest[8] as number) & 0x3f) | 0x80;
  return digest.toString('hex', 0, 16).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
});

const charset = (args: Args): BufferEncoding => {
  const name = textArg(args, 0, 'encoding', 'utf-8');
  const found = CHARSETS.get(name.toLowerCase().replace(/[-_]/g, ''));
  if (found) return found;
  throw templateError(`The encoding "${name}" is not known here.`, 'Use utf-8, utf-16-le, latin-1 or ascii.');
};

const CHARSETS: ReadonlyMap<string, BufferEncoding> = new Map([
  ['utf8', 'utf8'],
  ['utf16le', 'utf16le'],
  ['latin1', 'latin1'],
  ['iso88591', 'latin1'],
  ['ascii', 'ascii'],
]);

/** A text as bytes; a character that the encoding has not is an error, as in Python. */
const toBytes = (text: string, encoding: BufferEncoding): Buffer => {
  const last = encoding === 'ascii' ? 0x7f : encoding === 'latin1' ? 0xff : 0x10ffff;
  for (const unit of text)
    if ((unit.codePointAt(0) as number) > last) throw templateError(`"${unit}" cannot be written in ${encoding}.`);
  return Buffer.from(text, encoding);
};

/** Bytes as a text; bytes that are none in the encoding are an error, and never something else silently. */
const fromBytes = (bytes: Buffer, encoding: BufferEncoding): string => {
  if ((encoding === 'utf8' && !isUtf8(bytes)) || (encoding === 'ascii' && !isAscii(bytes)))
    throw templateError(
      `What is decoded is no text in ${encoding}.`,
      "Say which encoding it has (PowerShell writes 'utf-16-le'); bytes are no value here.",
    );
  return bytes.toString(encoding);
};

const fromBase64 = (text: string): Buffer => {
  const plain = text.replace(/[^A-Za-z0-9+/=]/g, '');
  if (plain.replace(/=+$/, '').length % 4 === 1 || plain.length % 4 !== 0)
    throw templateError('The text is no base64.');
  return Buffer.from(plain, 'base64');
};

/** Filters of hashes and encodings. */
export const hashFilters: readonly (readonly [string, Filter])[] = [
  ['b64encode', ofText((text, args) => toBytes(text, charset(args)).toString('base64'))],
  ['b64decode', ofText((text, args) => fromBytes(fromBase64(text), charset(args)))],
  ['hash', ofText((text, args) => hashed(textArg(args, 0, 'hashtype', 'sha1'), text))],
  ['md5', ofText((text) => hashed('md5', text))],
  ['sha1', ofText((text) => hashed('sha1', text))],
  ['checksum', ofText((text) => hashed('sha1', text))],
  ['password_hash', passwordHash],
  ['to_uuid', uuid],
];
