import { randomInt } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { RatchetError, type Value } from '@ratchet/core';
import { playbookFolder } from './controller-files.js';
import type { Lookup } from './engine.js';
import { withHome } from './filters-path.js';
import { templateError } from './item.js';
import { flat, withSettings } from './lookup-terms.js';
import { isList } from './python.js';
import { str } from './python-text.js';

const CHARACTERS: Readonly<Record<string, string>> = {
  ascii_letters: 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ',
  ascii_lowercase: 'abcdefghijklmnopqrstuvwxyz',
  ascii_uppercase: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
  digits: '0123456789',
  hexdigits: '0123456789abcdefABCDEF',
  octdigits: '01234567',
  punctuation: '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~',
};
const MAX_LENGTH = 10_000;

const alphabetOf = (chars: Value | undefined): string => {
  if (chars === undefined) return `${CHARACTERS['ascii_letters']}${CHARACTERS['digits']}.,:-_`;
  const names = isList(chars) ? chars.map(str) : str(chars).split(/,(?=.)/);
  return names.map((name) => (Object.hasOwn(CHARACTERS, name) ? CHARACTERS[name] : name)).join('');
};

const made = (length: number, alphabet: readonly string[]): string => {
  if (!(Number.isInteger(length) && length > 0 && length <= MAX_LENGTH) || alphabet.length === 0)
    throw templateError('The length or the characters of the password make no sense.');
  return Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('');
};

const codeOf = (thrown: unknown): string | undefined => (thrown as NodeJS.ErrnoException).code;

/** The password that a file keeps, or undefined where there is none. Ansible writes ` salt=…` behind one that it has hashed. */
const kept = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8')
      .trimEnd()
      .replace(/ salt=.*$/s, '');
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return undefined;
    throw new RatchetError('file-unreadable', `The password in ${path} cannot be read.`, { cause });
  }
};

/** Keeps a password, and gives the one that counts: where another run was first, that one's. */
const keep = (path: string, password: string): string => {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileSync(path, `${password}\n`, { mode: 0o600, flag: 'wx' });
    return password;
  } catch (cause) {
    const first = codeOf(cause) === 'EEXIST' ? kept(path) : undefined;
    if (first !== undefined) return first;
    throw new RatchetError('file-unreadable', `The password cannot be kept in ${path}.`, { cause });
  }
};

/**
 * The lookup `password`: one that is made once and kept in a file of the controller, relative to the playbook's folder; `/dev/null`
 * keeps none. Errors: `template-error`, `file-unreadable`.
 */
export const password: Lookup = (terms, options, engine) =>
  flat(terms).map((term) => {
    const { name, get } = withSettings(str(term), options, ['length', 'chars', 'encrypt', 'ident', 'seed']);
    for (const refused of ['encrypt', 'seed'])
      if (get(refused) !== undefined)
        throw templateError(`The lookup "password" does not take "${refused}" here.`, 'Use the filter password_hash.');
    const fresh = (): string => made(Number(get('length') ?? 20), [...alphabetOf(get('chars'))]);
    if (name === '/dev/null') return fresh();
    const path = resolve(playbookFolder(engine), withHome(name));
    return kept(path) ?? keep(path, fresh());
  });
