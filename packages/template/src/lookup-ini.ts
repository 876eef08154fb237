import { foundFile } from './controller-files.js';
import type { Lookup } from './engine.js';
import { templateError } from './item.js';
import { flat, refuseEncoding, withSettings } from './lookup-terms.js';
import { truthy } from './python.js';
import { str } from './python-text.js';
import { readTextFile } from './read-text-file.js';

type Section = Map<string, string>;

interface Reading {
  /** What the file is, for errors. */
  readonly path: string;
  readonly caseSensitive: boolean;
}

const DEFAULTS = 'DEFAULT';
const MAX_DEPTH = 10;

const fault = (path: string, line: number, why: string) => templateError(`${path}, line ${line}: ${why}`);

/** The sections of an INI text as Python's `configparser` reads it: values go on in lines that stand further in. */
const sectionsOf = (text: string, { path, caseSensitive }: Reading): ReadonlyMap<string, Section> => {
  const sections = new Map<string, Section>([[DEFAULTS, new Map()]]);
  let section: Section | undefined;
  let key: string | undefined;
  let indent = 0;
  for (const [index, line] of text.split(/\r\n?|\n/).entries()) {
    const written = line.trim();
    if (/^[#;]/.test(written)) continue;
    const column = line.search(/\S/);
    if (section && key !== undefined && (column === -1 || column > indent)) {
      section.set(key, `${section.get(key)}\n${written}`);
      continue;
    }
    if (column === -1) continue;
    indent = column;
    const title = /^\[(.+)\]/.exec(written)?.[1];
    if (title !== undefined) {
      if (title !== DEFAULTS && sections.has(title))
        throw fault(path, index + 1, `the section "${title}" stands twice.`);
      section = sections.get(title) ?? new Map();
      sections.set(title, section);
      key = undefined;
      continue;
    }
    if (!section) throw fault(path, index + 1, 'a line stands before the first [section].');
    const pair = /^(.*?)\s*[=:]\s*(.*)$/.exec(written);
    if (!pair?.[1]) throw fault(path, index + 1, `"${written}" is no "key = value".`);
    key = caseSensitive ? pair[1] : pair[1].toLowerCase();
    if (section.has(key)) throw fault(path, index + 1, `the key "${key}" stands twice in its section.`);
    section.set(key, pair[2] as string);
  }
  return sections;
};

/** A value with its `%(name)s` filled in from its section; `%%` is a percent sign. */
const interpolated = (value: string, get: (name: string) => string | undefined, depth = 0): string => {
  if (depth > MAX_DEPTH) throw templateError(`The value "${value}" refers to itself too deeply.`);
  return value.replace(/%(?:%|\(([^)]+)\)s|)/g, (mark, name: string | undefined) => {
    if (mark === '%%') return '%';
    const inner = name === undefined ? undefined : get(name);
    if (inner !== undefined) return interpolated(inner, get, depth + 1);
    throw templateError(
      `The value "${value}" holds ${name === undefined ? 'a single "%"' : `"${name}", which its section has not`}.`,
      'Write %% for a percent sign.',
    );
  });
};

/** The lookup `ini`: the value of a key in a section of an INI file, or of a properties file. */
export const ini: Lookup = (terms, options, engine) =>
  flat(terms).map((term) => {
    const known = ['file', 'section', 'type', 'default', 'encoding', 're', 'case_sensitive'];
    const { name, get } = withSettings(str(term), options, known);
    refuseEncoding('ini', get('encoding'));
    if (truthy(get('re') ?? false)) throw templateError('The lookup "ini" does not take re=true here.');
    const caseSensitive = /^(?:true|yes|1|on)$/i.test(str(get('case_sensitive') ?? false));
    const path = foundFile(engine, 'files', str(get('file') ?? 'ansible.ini'));
    const properties = get('type') === 'properties';
    const title = properties ? 'java_properties' : str(get('section') ?? 'global');
    const text = (properties ? `[${title}]\n` : '') + readTextFile(path);
    const sections = sectionsOf(text, { path, caseSensitive });
    const section = sections.get(title);
    if (!section) throw templateError(`There is no section "${title}" in ${path}.`);
    const value = (key: string): string | undefined => {
      const plain = caseSensitive ? key : key.toLowerCase();
      return (section.get(plain) ?? sections.get(DEFAULTS)?.get(plain))?.trimEnd();
    };
    const found = value(name);
    return found === undefined ? (get('default') ?? '') : interpolated(found, value);
  });
