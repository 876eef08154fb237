import { type Position, placeName, RatchetError, type SourceFile, sourceError } from '@ratchet/core';
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type ParsedNode,
  parseAllDocuments,
  type Scalar,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { type ListNode, type MapNode, type Node, type ScalarNode, startOf, yamlError } from './node.js';
import { readPlainYaml } from './plain-yaml.js';
import { readPlainScalar } from './scalar.js';
import { chosenError, syntaxError } from './yaml-fault.js';

export interface YamlOptions {
  /** Plain text of an ansible-vault text; called for `!vault` scalars and for files that are a vault as a whole. */
  decrypt?(ciphertext: string, position: Position): string;
  /** What is done about a key that stands twice in a mapping, of which the last counts then; absent: it is thrown. */
  duplicateKey?(fault: RatchetError): void;
}

/** Nodes a text may come to when every alias is written out; a text with more is refused (a "billion laughs" text). */
const MAX_NODES = 2_000_000;

/** How deep lists and mappings may be nested; real files stay below 30. */
const MAX_DEPTH = 200;

/**
 * The node of a YAML text as PyYAML reads it, or null for an empty text.
 * Throws `yaml-syntax`, `yaml-duplicate-key` or `vault`, always with a position.
 */
export const loadYaml = (given: SourceFile, options: YamlOptions = {}): Node | null => {
  const file = withoutMark(given);
  if (file.text.startsWith('$ANSIBLE_VAULT;')) return loadVaulted(file, options);
  return loadText(file, file, options);
};

/** The same without the short way for plain texts; what that is held against. */
export const loadYamlFully = (given: SourceFile, options: YamlOptions = {}): Node | null => {
  const file = withoutMark(given);
  return readFully(file, file, options);
};

/** Without the byte order mark that editors of Windows write first: it would count as a column of the first line. */
const withoutMark = (file: SourceFile): SourceFile =>
  file.text.startsWith('\ufeff') ? { ...file, text: file.text.slice(1) } : file;

const loadVaulted = (file: SourceFile, options: YamlOptions): Node | null => {
  const text = decrypted(file.text, startOf(file), options).replace(/^\ufeff/, '');
  // Positions stay right, but no error can show a line of the secret text.
  const shown = { path: file.path, text: text.replace(/[^\r\n]/g, '*') };
  return loadText({ path: file.path, text }, shown, options);
};

const loadText = (file: SourceFile, shown: SourceFile, options: YamlOptions): Node | null => {
  refuseDepth(file.text, shown);
  return (shown === file ? readPlainYaml(file) : undefined) ?? readFully(file, shown, options);
};

const readFully = (file: SourceFile, shown: SourceFile, options: YamlOptions): Node | null => {
  const documents = parseAllDocuments(file.text, {
    schema: 'failsafe',
    version: '1.1',
    merge: false,
    uniqueKeys: false,
    resolveKnownTags: false,
    prettyErrors: false,
    logLevel: 'silent',
  }) as Document.Parsed[];
  const error = documents.map((document) => chosenError(document.errors)).find((found) => found !== undefined);
  if (error) throw syntaxError(error, file, shown);
  const second = documents[1];
  if (second)
    throw yamlError(
      'A second document starts here; one file holds one document.',
      shown,
      second.range[0],
      'Remove the "---" line.',
    );
  const contents = documents[0]?.contents;
  const isEmpty =
    isScalar(contents) && contents.source === '' && contents.type === 'PLAIN' && contents.tag === undefined;
  if (!contents || isEmpty) return null;
  return new Reader(documents[0] as Document.Parsed, shown, options).read(contents);
};

// The parser recurses; indentation and open brackets bound its depth.
const refuseDepth = (text: string, shown: SourceFile): void => {
  let open = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === 0x5b || unit === 0x7b) open++;
    else if (unit === 0x5d || unit === 0x7d) open = Math.max(0, open - 1);
    if (open > MAX_DEPTH * 5) throw yamlError('Lists and mappings are nested too deeply here.', shown, at);
  }
  const dashes = /(?:[-?:] ){200}/.exec(text);
  if (dashes) throw yamlError('Lists and mappings are nested too deeply here.', shown, dashes.index);
};

const decrypted = (text: string, position: Position, options: YamlOptions): string => {
  if (!options.decrypt)
    throw sourceError(
      'vault',
      'This text is encrypted with ansible-vault, and no vault password was given.',
      position,
      {
        hint: 'Give --vault-id, --vault-password-file or --ask-vault-pass.',
      },
    );
  try {
    return options.decrypt(text, position);
  } catch (thrown) {
    throw thrown instanceof RatchetError ? thrown.at({ at: 'source', position }) : thrown;
  }
};

const PREFIX = 'tag:yaml.org,2002:';
const invisible: readonly (readonly [RegExp, string])[] = [
  [/\u00a0/, 'a no-break space (U+00A0)'],
  [/[\u200b-\u200f\u2060]/, 'an invisible character (U+200B to U+2060)'],
  [/\ufeff/, 'a byte order mark (U+FEFF)'],
];

const lengthOf = (entries: Iterable<number>): number => {
  let total = 1;
  for (const size of entries) total += size;
  return total;
};

/** Turns one parsed document into nodes. */
class Reader {
  readonly #document: Document.Parsed;
  readonly #file: SourceFile;
  readonly #options: YamlOptions;
  readonly #done = new Map<unknown, Node>();
  readonly #open = new Set<unknown>();
  readonly #sizes = new Map<Node, number>();

  constructor(document: Document.Parsed, file: SourceFile, options: YamlOptions) {
    this.#document = document;
    this.#file = file;
    this.#options = options;
  }

  read(node: unknown, after = 0): Node {
    if (isAlias(node)) return this.#alias(node as ParsedNode);
    const done = this.#done.get(node);
    if (done) return done;
    const offset = (node as ParsedNode | null)?.range?.[0] ?? after;
    if (this.#open.has(node)) throw yamlError('This anchor holds an alias of itself.', this.#file, offset);
    if (this.#open.size > MAX_DEPTH)
      throw yamlError('Lists and mappings are nested too deeply here.', this.#file, offset);
    this.#open.add(node);
    const result = this.#fresh(node, this.#at(offset));
    this.#open.delete(node);
    this.#done.set(node, result);
    this.#measure(result);
    return result;
  }

  #alias(alias: ParsedNode): Node {
    const offset = alias.range[0];
    const target = isAlias(alias) ? alias.resolve(this.#document) : undefined;
    if (!target) throw yamlError('This alias names an anchor that is not set above it.', this.#file, offset);
    if (this.#open.has(target)) throw yamlError('This alias stands inside its own anchor.', this.#file, offset);
    return this.read(target, offset);
  }

  #fresh(node: unknown, position: Position): Node {
    if (isMap(node)) return this.#map(node as YAMLMap.Parsed, position);
    if (isSeq(node)) return this.#list(node as YAMLSeq.Parsed, position);
    if (isScalar(node)) return this.#scalar(node, position);
    return { kind: 'scalar', value: null, position };
  }

  #at(offset: number): Position {
    return { file: this.#file, offset };
  }

  #measure(node: Node): void {
    const parts =
      node.kind === 'scalar' ? [] : node.kind === 'list' ? node.items : node.entries.map((entry) => entry.value);
    const size = lengthOf(parts.map((part) => this.#sizes.get(part) ?? 1));
    if (size > MAX_NODES)
      throw sourceError('yaml-syntax', `The aliases below come to more than ${MAX_NODES} nodes.`, node.position);
    this.#sizes.set(node, size);
  }

  #refuseTag(tag: string | undefined, expected: readonly string[], position: Position): void {
    if (tag === undefined || tag === '!' || expected.includes(tag)) return;
    const shown = tag.startsWith(PREFIX) ? `!!${tag.slice(PREFIX.length)}` : tag;
    throw sourceError('yaml-syntax', `The tag ${shown} is not known here.`, position, {
      hint: 'Known tags are !vault and !unsafe.',
    });
  }

  /** A block's last line that ends with the file, not with a line break, has none: PyYAML adds none, the library does. */
  #textOf(node: Scalar): string {
    const text = String(node.value ?? '');
    const { text: whole } = this.#file;
    const isLast = node.type?.startsWith('BLOCK') === true && (node.range?.[1] ?? 0) >= whole.length;
    return isLast && /\S[^\n]*$/.test(whole) && !whole.endsWith('\n') ? text.replace(/\n$/, '') : text;
  }

  #scalar(node: Scalar, position: Position): ScalarNode {
    const text = this.#textOf(node);
    const tag = node.tag;
    if (tag === '!unsafe') return { kind: 'scalar', value: text, position, data: true };
    if (tag === '!vault' || tag === '!vault-encrypted')
      return { kind: 'scalar', value: decrypted(text, position, this.#options), position, data: true };
    const plain = node.type === 'PLAIN' || node.type === undefined;
    if (tag === undefined) return { kind: 'scalar', value: plain ? readPlainScalar(text) : text, position };
    return { kind: 'scalar', value: this.#tagged(tag, text, position), position };
  }

  #tagged(tag: string, text: string, position: Position): ScalarNode['value'] {
    if (tag === '!' || tag === `${PREFIX}str`) return text;
    const known = ['int', 'float', 'bool', 'null'].map((name) => PREFIX + name);
    this.#refuseTag(tag, known, position);
    const value = readPlainScalar(text);
    const fits = {
      int: typeof value === 'bigint' || Number.isInteger(value),
      float: typeof value === 'number' || typeof value === 'object',
      bool: typeof value === 'boolean',
      null: value === null,
    }[tag.slice(PREFIX.length)];
    if (fits) return value;
    throw sourceError('yaml-syntax', `"${text}" is not what its tag !!${tag.slice(PREFIX.length)} says.`, position);
  }

  #list(node: YAMLSeq.Parsed, position: Position): ListNode {
    this.#refuseTag(node.tag, [`${PREFIX}seq`, '!unsafe'], position);
    const items = node.items.map((item) => this.read(item, position.offset));
    return { kind: 'list', items: node.tag === '!unsafe' ? items.map(asData) : items, position };
  }

  #map(node: YAMLMap.Parsed, position: Position): MapNode {
    this.#refuseTag(node.tag, [`${PREFIX}map`, '!unsafe'], position);
    const merged = new Map<string, { readonly key: Node; readonly value: Node }>();
    const own = new Map<string, { readonly key: Node; readonly value: Node }>();
    for (const pair of node.items) {
      const key = this.#key(pair.key, position);
      const value = this.read(pair.value, key.position.offset);
      if (isMergeKey(pair.key)) for (const entry of this.#merged(value)) merged.set(identity(entry.key), entry);
      else this.#add(own, key, value);
    }
    for (const [id, entry] of own) merged.set(id, entry);
    const entries = [...merged.values()];
    const data = node.tag === '!unsafe';
    return {
      kind: 'map',
      entries: data ? entries.map((e) => ({ key: e.key, value: asData(e.value) })) : entries,
      position,
    };
  }

  #add(own: Map<string, { readonly key: Node; readonly value: Node }>, key: Node, value: Node): void {
    const id = identity(key);
    const first = own.get(id);
    if (first) this.#duplicate(duplicateKey(key, first.key));
    own.set(id, { key, value });
  }

  #duplicate(fault: RatchetError): void {
    if (!this.#options.duplicateKey) throw fault;
    this.#options.duplicateKey(fault);
  }

  #key(written: unknown, position: Position): Node {
    const key = this.read(written, position.offset);
    if (key.kind !== 'scalar')
      throw sourceError('yaml-syntax', 'A list or a mapping cannot be a key.', key.position, {
        hint: 'A value that starts with {{ must be quoted: "{{ name }}".',
      });
    const found =
      typeof key.value === 'string' && isScalar(written) && written.type === 'PLAIN'
        ? invisible.find(([pattern]) => pattern.test(String(key.value)))
        : undefined;
    if (found)
      throw sourceError('yaml-syntax', `The key "${String(key.value).trim()}" holds ${found[1]}.`, key.position, {
        hint: 'Delete it and type a plain space, or quote the key if it is meant.',
      });
    return key;
  }

  #merged(value: Node): readonly { readonly key: Node; readonly value: Node }[] {
    if (value.kind === 'map') return value.entries;
    if (value.kind === 'list' && value.items.every((item) => item.kind === 'map'))
      // Of several mappings in one list the first wins.
      return [...value.items].reverse().flatMap((item) => (item.kind === 'map' ? item.entries : []));
    throw sourceError('yaml-syntax', 'What "<<" merges must be a mapping or a list of mappings.', value.position);
  }
}

const isMergeKey = (key: unknown): boolean =>
  isScalar(key) && key.value === '<<' && key.type === 'PLAIN' && key.tag === undefined;

const identity = (key: Node): string => {
  if (key.kind !== 'scalar') return '';
  const { value } = key;
  if (typeof value === 'string') return `s${value}`;
  if (value === null) return 'null';
  if (typeof value === 'object') return `n${value.value}`;
  return `n${typeof value === 'boolean' ? Number(value) : value}`;
};

const duplicateKey = (key: Node, first: Node): RatchetError => {
  const name = key.kind === 'scalar' ? String(key.value) : '';
  return sourceError(
    'yaml-duplicate-key',
    `found a duplicate dict key (${name}): it stands first at ${placeName(first.position)}, again at ${placeName(key.position)}.`,
    key.position,
    {
      hint: 'Remove one of them, or add the dash that is missing between two items.',
      details: { first: first.position },
    },
  );
};

const asData = (node: Node): Node => {
  if (node.kind === 'scalar') return { ...node, data: true };
  if (node.kind === 'list') return { ...node, items: node.items.map(asData) };
  return { ...node, entries: node.entries.map(({ key, value }) => ({ key, value: asData(value) })) };
};
