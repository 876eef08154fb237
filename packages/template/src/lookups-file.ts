import { join, resolve } from 'node:path';
import { type Dict, RatchetError, type Value } from '@ratchet/core';
import { foundFile, rootsOf } from './controller-files.js';
import type { Engine, Lookup } from './engine.js';
import { globbed } from './file-glob.js';
import { TEMPLATE_MARKS } from './file-header.js';
import { scopeOver } from './layered-scope.js';
import { csvfile } from './lookup-csvfile.js';
import { ini } from './lookup-ini.js';
import { password } from './lookup-password.js';
import { flat } from './lookup-terms.js';
import { formatTime } from './now.js';
import type { FileOptions } from './parse-cache.js';
import { isDict, truthy } from './python.js';
import { str } from './python-text.js';
import { readTextFile } from './read-text-file.js';
import { findOnPath, searchPlaces } from './search.js';
import { literally } from './text-mode.js';

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
  flat([value]).flatMap((one) =>
    str(one)
      .split(separators)
      .map((part) => part.trim()),
  );

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

/** What a template says of itself, as one of the module `template` does; a variable `ansible_managed` stands above the text. */
const aboutTemplate = (name: string, path: string, engine: Engine): Dict =>
  new Map<Value, Value>([
    ['template_host', str(engine.finish(engine.scope.get('inventory_hostname') ?? ''))],
    ['template_path', name],
    ['template_fullpath', path],
    ['template_run_date', formatTime(new Date(), '%Y-%m-%d %H:%M:%S', false)],
    ...(engine.scope.get('ansible_managed') === undefined ? ([['ansible_managed', 'Ansible managed']] as const) : []),
  ]);

const template: Lookup = (terms, options, engine) => {
  const marks = marksOf(options);
  const converts = engine.options.native === false && truthy(options.get('convert_data') ?? true);
  return flat(terms).map((term) => {
    const more = options.get('template_vars') ?? null;
    const loaded = engine.options.load?.(str(term));
    const path = loaded ? '' : foundFile(engine, 'templates', str(term));
    const around = scopeOver(aboutTemplate(str(term), path, engine), engine.scope);
    const inner = engine.over(isDict(more) ? scopeOver(more, around) : around);
    const text = loaded ? loaded.text : readTextFile(path);
    const made = str(inner.file(text, loaded?.position ?? { file: { path, text }, offset: 0 }, marks));
    return converts ? literally(made) : made;
  });
};

/** Lookups of files on the controller. */
export const fileLookups: readonly (readonly [string, Lookup])[] = [
  [
    'file',
    (terms, options, engine) =>
      flat(terms).map((term) => {
        const text = readTextFile(foundFile(engine, 'files', str(term)));
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
