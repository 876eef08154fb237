import { createHash, randomInt } from 'node:crypto';
import { type Filter, numberArg, ofText, textArg } from './filter.js';
import { templateError } from './item.js';
import { type ShaCrypt, shaCrypt } from './sha-crypt.js';

const MAX_ROUNDS = 1_000_000;
const SALT = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const ANSIBLE_NAMESPACE = '361e6d51-faec-444a-9079-341386da8e2e';

const hashed = (algorithm: string, text: string): string => {
  try {
    return createHash(algorithm).update(text, 'utf8').digest('hex');
  } catch {
    throw templateError(`There is no hash "${algorithm}".`);
  }
};

const freshSalt = (): string => Array.from({ length: 16 }, () => SALT[randomInt(SALT.length)]).join('');

const passwordHash = ofText((text, args) => {
  const kind = textArg(args, 0, 'hashtype', 'sha512');
  if (kind !== 'sha512' && kind !== 'sha256')
    throw templateError(`password_hash does not know "${kind}".`, 'Use sha512 or sha256.');
  const salt = textArg(args, 1, 'salt', '') || freshSalt();
  if (/[^./0-9A-Za-z]/.test(salt)) throw templateError('A salt holds letters, digits, "." and "/" only.');
  const rounds = numberArg(args, 3, 'rounds', 0);
  args.get(2, 'salt_size');
  if (rounds > MAX_ROUNDS) throw templateError(`password_hash takes at most ${MAX_ROUNDS} rounds.`);
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

const charset = (name: string): BufferEncoding => {
  const plain = name.toLowerCase().replace(/[-_]/g, '');
  if (plain === 'utf8' || plain === 'ascii') return 'utf8';
  if (plain === 'utf16le') return 'utf16le';
  if (plain === 'latin1' || plain === 'iso88591') return 'latin1';
  throw templateError(`The encoding "${name}" is not known here.`, 'Use utf-8, utf-16-le or latin-1.');
};

const fromBase64 = (text: string): Buffer => {
  const plain = text.replace(/[^A-Za-z0-9+/=]/g, '');
  if (plain.replace(/=+$/, '').length % 4 === 1 || plain.length % 4 !== 0)
    throw templateError('The text is no base64.');
  return Buffer.from(plain, 'base64');
};

/** Filters of hashes and encodings. */
export const hashFilters: readonly (readonly [string, Filter])[] = [
  [
    'b64encode',
    ofText((text, args) => Buffer.from(text, charset(textArg(args, 0, 'encoding', 'utf-8'))).toString('base64')),
  ],
  ['b64decode', ofText((text, args) => fromBase64(text).toString(charset(textArg(args, 0, 'encoding', 'utf-8'))))],
  ['hash', ofText((text, args) => hashed(textArg(args, 0, 'hashtype', 'sha1'), text))],
  ['md5', ofText((text) => hashed('md5', text))],
  ['sha1', ofText((text) => hashed('sha1', text))],
  ['checksum', ofText((text) => hashed('sha1', text))],
  ['password_hash', passwordHash],
  ['to_uuid', uuid],
];
