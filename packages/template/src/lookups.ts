import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { didYouMean, RatchetError, type Value } from '@ratchet/core';
import type { Engine, Lookup } from './engine.js';
import { defined, templateError, Undefined } from './item.js';
import { isDict, isList, iterate, truthy } from './python.js';
import { str } from './python-text.js';
import { pythonRegex } from './regex.js';
import { findOnPath, searchPlaces } from './search.js';

const flat = (terms: readonly Value[]): Value[] => terms.flatMap((term) => (isList(term) ? flat(term) : [term]));

const read = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new RatchetError('file-not-found', `The file ${path} cannot be read.`, { cause });
  }
};

const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;

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
    if (paths.length > 0) return paths;
  }
  return [];
};

const globbed = (pattern: string): string[] => {
  const cut = pattern.lastIndexOf('/');
  const folder = cut === -1 ? '.' : pattern.slice(0, cut) || '/';
  const source = pattern
    .slice(cut + 1)
    .replace(/[.+^${}()|\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
    .replaceAll('[!', '[^');
  const matcher = pythonRegex(`\\A${source}\\Z`);
  if (!(statSync(folder, { throwIfNoEntry: false })?.isDirectory() ?? false)) return [];
  return readdirSync(folder)
    .filter((name) => matcher.test(name) && !name.startsWith('.'))
    .map((name) => `${cut === -1 ? '' : `${folder}/`}${name}`)
    .filter(isFile)
    .sort();
};

const sequence: Lookup = (terms, options) => {
  const settings = new Map<string, Value>(options);
  for (const pair of terms
    .map(str)
    .join(' ')
    .matchAll(/(\w+)=(\S+)/g))
    settings.set(pair[1] as string, pair[2] as string);
  const number = (name: string, otherwise: number): number => Number(settings.get(name) ?? otherwise);
  const start = number('start', 1);
  const stride = number('stride', 1);
  const end = settings.has('count') ? start + (number('count', 0) - 1) * stride : number('end', start);
  const format = settings.get('format');
  const count = Math.max(0, Math.floor((end - start) / stride) + 1);
  if (!Number.isFinite(count) || count > 100_000) throw templateError('The sequence is too long.');
  return Array.from({ length: count }, (_, index) => {
    const value = start + index * stride;
    return typeof format === 'string'
      ? format.replace(/%0?(\d*)([dxo])/, (_all, width, kind) =>
          value.toString(kind === 'x' ? 16 : kind === 'o' ? 8 : 10).padStart(Number(width), '0'),
        )
      : String(value);
  });
};

const vars: Lookup = (terms, options, engine) =>
  flat(terms).map((term) => {
    const value = engine.variable(str(term));
    if (value instanceof Undefined && options.has('default')) return options.get('default') as Value;
    return engine.finish(defined(value));
  });

const firstFound: Lookup = (terms, options, engine) => {
  const lists = terms.flatMap((term) => {
    if (!isDict(term)) return [{ files: flat([term]), paths: options.get('paths'), skip: options.get('skip') }];
    return [{ files: flat([term.get('files') ?? []]), paths: term.get('paths'), skip: term.get('skip') }];
  });
  const named = options.get('files');
  if (named !== undefined) lists.push({ files: flat([named]), paths: options.get('paths'), skip: options.get('skip') });
  for (const { files, paths } of lists) {
    const folders = paths === undefined ? [''] : flat([paths]).map((path) => `${str(path)}/`);
    for (const folder of folders)
      for (const file of files) {
        const path = findOnPath(rootsOf(engine), 'files', str(file).startsWith('/') ? str(file) : folder + str(file));
        if (path !== undefined) return [path];
      }
  }
  if (lists.some(({ skip }) => skip !== undefined && truthy(skip))) return [];
  throw new RatchetError('file-not-found', 'None of the files of first_found is there.');
};

const template: Lookup = (terms, _options, engine) =>
  flat(terms).map((term) => {
    const loaded = engine.options.load?.(str(term));
    if (loaded) return str(engine.file(loaded.text, loaded.position));
    const path = found(engine, 'templates', str(term));
    return str(engine.file(read(path), { file: { path, text: read(path) }, offset: 0 }));
  });

const builtIn = new Map<string, Lookup>([
  ['env', (terms, options) => flat(terms).map((term) => process.env[str(term)] ?? options.get('default') ?? '')],
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
  ['vars', vars],
  [
    'varnames',
    (terms, _options, engine) => {
      const patterns = flat(terms).map((term) => pythonRegex(str(term)));
      return [...engine.scope.names()].filter((name) => patterns.some((pattern) => pattern.test(name)));
    },
  ],
  ['items', (terms) => terms.flatMap((term) => (isList(term) ? [...term] : [term]))],
  ['list', (terms) => [...terms]],
  ['flattened', (terms) => flat(terms)],
  [
    'indexed_items',
    (terms) => terms.flatMap((term) => (isList(term) ? [...term] : [term])).map((item, index) => [index, item]),
  ],
  [
    'dict',
    (terms) =>
      terms
        .flatMap((term) => (isList(term) ? [...term] : [term]))
        .flatMap((term) => {
          if (!isDict(term)) throw templateError('The lookup "dict" wants a dict.');
          return [...term].map(
            ([key, value]): Value =>
              new Map<Value, Value>([
                ['key', key],
                ['value', value],
              ]),
          );
        }),
  ],
  ['sequence', sequence],
  [
    'together',
    (terms) => {
      const lists = terms.map(iterate);
      return Array.from({ length: Math.max(0, ...lists.map((list) => list.length)) }, (_, index) =>
        lists.map((list) => list[index] ?? null),
      );
    },
  ],
  ['nested', nested],
  ['cartesian', nested],
  [
    'random_choice',
    (terms, _options, engine) => {
      const items = flat(terms);
      const picked = items[Math.floor(engine.random(undefined) * items.length)];
      return picked === undefined ? [] : [picked];
    },
  ],
]);

function nested(terms: readonly Value[]): readonly Value[] {
  const lists = terms.map((term) => (isList(term) ? term : [term]));
  if (lists.reduce((size, list) => size * list.length, 1) > 100_000)
    throw templateError('The lists come to too many combinations.');
  return lists.reduce<Value[][]>((rows, list) => rows.flatMap((row) => list.map((item) => [...row, item])), [[]]);
}

/** Runs a lookup by name, those handed in first; an unknown name is an error, and `errors=ignore` makes a failed one empty. */
export const runLookup = (
  name: string,
  terms: readonly Value[],
  options: ReadonlyMap<string, Value>,
  engine: Engine,
): readonly Value[] => {
  const plain = name.replace(/^ansible\.(?:builtin|legacy)\./, '');
  const lookup = engine.options.lookups?.get(plain) ?? builtIn.get(plain);
  if (!lookup) {
    const names = [...builtIn.keys(), ...(engine.options.lookups?.keys() ?? [])];
    throw templateError(`There is no lookup "${name}".`, didYouMean(plain, names));
  }
  const errors = options.get('errors');
  if (errors !== 'ignore' && errors !== 'warn') return lookup(terms, options, engine);
  try {
    return lookup(terms, options, engine);
  } catch (thrown) {
    if (thrown instanceof RatchetError) return [];
    throw thrown;
  }
};
