import { randomInt } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { RatchetError, type Value } from '@ratchet/core';
import type { Engine, Lookup } from './engine.js';
import { globbed } from './file-glob.js';
import { TEMPLATE_MARKS } from './file-header.js';
import { templateError } from './item.js';
import { scopeOver } from './layered-scope.js';
import { flat, withSettings } from './lookup-terms.js';
import type { FileOptions } from './parse-cache.js';
import { isDict, isList, truthy } from './python.js';
import { str } from './python-text.js';
import { findOnPath, searchPlaces } from './search.js';
import { literally } from './text-mode.js';

const read = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new RatchetError('file-not-found', `The file ${path} cannot be read.`, { cause });
  }
};

const rootsOf = (engine: Engine): readonly string[] => engine.options.searchRoots?.() ?? [''];

const found = (engine: Engine, folder: string, name: string): string => {
  const path = findOnPath(rootsOf(engine), folder, name);
  if (path !== undefined) return path;
  const looked = rootsOf(engine).join(', ');
  throw new RatchetError('file-not-found', `The file ${name} was not found.`, {
    hint: looked === '' ? undefined : `Looked in ${looked}.`,
  });
};

// The first folder that holds a match counts, as Ansible does.
const globbedOnPath = (engine: Engine, pattern: string): string[] => {
  const cut = pattern.lastIndexOf('/');
  const folder = cut === -1 ? '' : pattern.slice(0, cut);
  for (const place of searchPlaces(rootsOf(engine), 'files', folder)) {
    const paths = globbed(place === '' || place === '.' ? pattern.slice(cut + 1) : join(place, pattern.slice(cut + 1)));
    // Absolute, as in Ansible: a module of another folder may be given them.
    if (paths.length > 0) return paths.map((path) => resolve(path));
  }
  return [];
};

/** A list of files or folders, or the old form of one: a text with separators. */
const listed = (value: Value, separators: RegExp): readonly string[] =>
  flat([value]).flatMap((one) => str(one).split(separators));

const firstFound: Lookup = (terms, options, engine) => {
  const lists = terms.flatMap((term) => {
    if (!isDict(term))
      return [{ files: flat([term]).map(str), paths: options.get('paths'), skip: options.get('skip') }];
    return [{ files: listed(term.get('files') ?? [], /[,;]/), paths: term.get('paths'), skip: term.get('skip') }];
  });
  const named = options.get('files');
  if (named !== undefined)
    lists.push({ files: listed(named, /[,;]/), paths: options.get('paths'), skip: options.get('skip') });
  const subfolder = engine.options.searchFolder ?? 'files';
  for (const { files, paths } of lists) {
    const folders = paths === undefined ? [''] : listed(paths, /[,:;]/).map((path) => `${path}/`);
    for (const folder of folders)
      for (const file of files) {
        const path = findOnPath(rootsOf(engine), subfolder, file.startsWith('/') ? file : folder + file);
        if (path !== undefined) return [resolve(path)];
      }
  }
  if (lists.some(({ skip }) => skip !== undefined && truthy(skip))) return [];
  throw new RatchetError('file-not-found', 'None of the files of first_found is there.');
};

const marksOf = (options: ReadonlyMap<string, Value>): FileOptions =>
  Object.fromEntries(
    Object.entries(TEMPLATE_MARKS).flatMap(([name, mark]) => {
      const value = options.get(name);
      return value === undefined || value === null ? [] : [[mark, str(value)]];
    }),
  );

const template: Lookup = (terms, options, engine) => {
  const marks = marksOf(options);
  const converts = engine.options.native === false && truthy(options.get('convert_data') ?? true);
  return flat(terms).map((term) => {
    const more = options.get('template_vars') ?? null;
    const inner = engine.over(isDict(more) ? scopeOver(more, engine.scope) : engine.scope);
    const loaded = engine.options.load?.(str(term));
    const path = loaded ? '' : found(engine, 'templates', str(term));
    const text = loaded ? loaded.text : read(path);
    const made = str(inner.file(text, loaded?.position ?? { file: { path, text }, offset: 0 }, marks));
    return converts ? literally(made) : made;
  });
};

const csv = (text: string, delimiter: string): string[][] => {
  const field = new RegExp(
    `(?:"((?:[^"]|"")*)"|([^${delimiter === '\t' ? '\\t' : `\\${delimiter}`}\\r\\n]*))(${delimiter === '\t' ? '\\t' : `\\${delimiter}`}|\\r?\\n|$)`,
    'y',
  );
  const rows: string[][] = [[]];
  for (let at = 0; at < text.length; ) {
    field.lastIndex = at;
    const part = field.exec(text);
    if (!part || part[0] === '') break;
    rows.at(-1)?.push(part[1]?.replaceAll('""', '"') ?? part[2] ?? '');
    at = field.lastIndex;
    if (part[3] !== delimiter && at < text.length) rows.push([]);
  }
  return rows;
};

const csvfile: Lookup = (terms, options, engine) =>
  flat(terms).flatMap((term) => {
    const { name, get } = withSettings(str(term), options, ['file', 'delimiter', 'col', 'keycol', 'default']);
    const delimiter = str(get('delimiter') ?? 'TAB');
    const text = read(found(engine, 'files', str(get('file') ?? 'ansible.csv')));
    const row = csv(text, delimiter === 'TAB' || delimiter === 't' ? '\t' : delimiter.slice(0, 1)).find(
      (cells) => cells[Number(get('keycol') ?? 0)] === name,
    );
    const cell = row?.[Number(get('col') ?? 1)] ?? get('default');
    return cell === undefined ? [] : [cell];
  });

const iniValue = (text: string, section: string | undefined, key: string): string | undefined => {
  let current: string | undefined;
  for (const line of text.split(/\r?\n/)) {
    const title = /^\[([^\]]+)\]/.exec(line)?.[1];
    if (title !== undefined) current = title;
    const pair = /^\s*([^#;=:\s][^=:]*?)\s*[=:]\s*(.*?)\s*$/.exec(line);
    if (pair && (section === undefined || current === section) && pair[1]?.toLowerCase() === key.toLowerCase())
      return pair[2];
  }
  return undefined;
};

const ini: Lookup = (terms, options, engine) =>
  flat(terms).map((term) => {
    const { name, get } = withSettings(str(term), options, ['file', 'section', 'type', 'default', 'encoding', 're']);
    if (truthy(get('re') ?? false)) throw templateError('The lookup "ini" does not take re=true here.');
    const text = read(found(engine, 'files', str(get('file') ?? 'ansible.ini')));
    const section = get('type') === 'properties' ? undefined : str(get('section') ?? 'global');
    return iniValue(text, section, name) ?? get('default') ?? '';
  });

const CHARACTERS: Readonly<Record<string, string>> = {
  ascii_letters: 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ',
  ascii_lowercase: 'abcdefghijklmnopqrstuvwxyz',
  ascii_uppercase: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
  digits: '0123456789',
  hexdigits: '0123456789abcdefABCDEF',
  octdigits: '01234567',
  punctuation: '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~',
};
const MAX_PASSWORD = 10_000;

const alphabetOf = (chars: Value | undefined): string => {
  const names = isList(chars ?? null)
    ? (chars as readonly Value[]).map(str)
    : str(chars ?? 'ascii_letters,digits,.,,:-_').split(/,(?=.)/);
  return names.map((name) => (Object.hasOwn(CHARACTERS, name) ? CHARACTERS[name] : name)).join('');
};

/** A password that is made once and kept in a file of the controller; `/dev/null` keeps none. */
const password: Lookup = (terms, options) =>
  flat(terms).map((term) => {
    const { name, get } = withSettings(str(term), options, ['length', 'chars', 'encrypt', 'ident', 'seed']);
    for (const refused of ['encrypt', 'seed'])
      if (get(refused) !== undefined)
        throw templateError(`The lookup "password" does not take "${refused}" here.`, 'Use the filter password_hash.');
    if (name !== '/dev/null' && existsSync(name)) return read(name).split('\n')[0] ?? '';
    const length = Number(get('length') ?? 20);
    const alphabet = [...alphabetOf(get('chars'))];
    if (!(length > 0 && length <= MAX_PASSWORD) || alphabet.length === 0)
      throw templateError('The length or the characters of the password make no sense.');
    const made = Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('');
    if (name === '/dev/null') return made;
    mkdirSync(dirname(name), { recursive: true, mode: 0o700 });
    // Written only where nothing is: two tasks at once must not each keep a password of their own.
    writeFileSync(name, `${made}\n`, { mode: 0o600, flag: 'wx' });
    return made;
  });

/** Lookups of files on the controller. */
export const fileLookups: readonly (readonly [string, Lookup])[] = [
  [
    'file',
    (terms, options, engine) =>
      flat(terms).map((term) => {
        const text = read(found(engine, 'files', str(term)));
        const right = truthy(options.get('rstrip') ?? true) ? text.trimEnd() : text;
        return truthy(options.get('lstrip') ?? false) ? right.trimStart() : right;
      }),
  ],
  ['fileglob', (terms, _options, engine) => flat(terms).flatMap((term) => globbedOnPath(engine, str(term)))],
  ['first_found', firstFound],
  ['template', template],
  ['csvfile', csvfile],
  ['ini', ini],
  ['password', password],
];
