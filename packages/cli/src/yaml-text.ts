import { Template, type Value } from '@ratchet/core';
import { toYaml } from '@ratchet/template';

const STYLE = { indent: 2, flow: 'none', sort: true, width: Number.POSITIVE_INFINITY } as const;

type Branch = Exclude<Value, null | boolean | number | bigint | string | Template>;

const isBranch = (value: Value): value is Branch => value instanceof Map || Array.isArray(value);

const children = (value: Branch): readonly Value[] =>
  value instanceof Map ? [...value.values()] : Array.isArray(value) ? value : [];

/** The lists and mappings that stand at several places: they get an anchor, as PyYAML writes them. */
const sharedIn = (root: Value): ReadonlySet<Value> => {
  const seen = new Set<Value>();
  const shared = new Set<Value>();
  const visit = (value: Value): void => {
    if (!isBranch(value)) return;
    if (seen.has(value)) shared.add(value);
    else {
      seen.add(value);
      for (const child of children(value)) visit(child);
    }
  };
  visit(root);
  return shared;
};

const WIDTH = 80;

/** Words of a text on lines that end behind the first word to go past column 80, as PyYAML folds them. */
const folded = (text: string, column: number, lead: string): string => {
  let at = column;
  let out = '';
  for (const [, gap = '', word = ''] of text.matchAll(/( *)([^ ]*)/g)) {
    const fold = gap === ' ' && word !== '' && at > WIDTH;
    const piece = fold ? `\n${lead}${word}` : gap + word;
    at = fold ? lead.length + word.length : at + piece.length;
    out += piece;
  }
  return out;
};

const manyLines = (text: string, column: number, lead: string): string => {
  const parts = text.replaceAll("'", "''").split(/(\n+)/);
  const written = parts.map((part, index) => {
    if (part.startsWith('\n')) return `${part}\n${lead}`;
    return folded(part, index === 0 ? column + 1 : lead.length, lead);
  });
  return `'${written.join('')}'`;
};

/** A scalar that begins at a column, its further lines below `lead`. */
const scalarText = (value: Value, column = 0, lead = ''): string => {
  const short = toYaml(value, STYLE).trimEnd();
  if (typeof value !== 'string') return short;
  const quotable = !/[\x00-\x09\x0b-\x1f\x7f]| \n|\n /.test(value);
  if (value.includes('\n') && quotable) return manyLines(value, column, lead);
  return short.startsWith('"') ? short : folded(short, column, lead);
};

const VAULT = /^\$ANSIBLE_VAULT;/;

const block = (tag: string, text: string, lead: string): string =>
  `${tag}${text
    .trimEnd()
    .split('\n')
    .map((line) => `\n${lead}  ${line.trim()}`)
    .join('')}`;

/** Writes the values of an inventory as YAML: keys sorted, what stands at several places by anchor, encrypted texts as `!vault`. */
export const yamlText = (root: Value): string => {
  const shared = sharedIn(root);
  const anchors = new Map<Value, string>();
  const anchorOf = (value: Value): { readonly mark: string; readonly known: boolean } => {
    const name = anchors.get(value);
    if (name) return { mark: `*${name}`, known: true };
    if (!shared.has(value)) return { mark: '', known: false };
    const fresh = `id${String(anchors.size + 1).padStart(3, '0')}`;
    anchors.set(value, fresh);
    return { mark: `&${fresh}`, known: false };
  };
  /** What stands behind `key:` or `-`, with its leading blank or line break. */
  const behind = (value: Value, lead: string, column: number, inList: boolean): string => {
    const text = value instanceof Template ? value.text : value;
    if (typeof text === 'string' && VAULT.test(text))
      return ` ${block(text.endsWith('\n') ? '!vault |' : '!vault |-', text, lead)}`;
    if (!isBranch(value)) return ` ${scalarText(text, column + 1, `${lead}  `)}`;
    const { mark, known } = anchorOf(value);
    if (known) return ` ${mark}`;
    const shown = mark === '' ? '' : ` ${mark}`;
    const inner = children(value).length;
    if (inner === 0) return `${shown} ${value instanceof Map ? '{}' : '[]'}`;
    if (inList) return `${shown}${shown === '' ? ' ' : `\n${lead}  `}${lines(value, `${lead}  `).trimStart()}`;
    return `${shown}\n${lines(value, value instanceof Map ? `${lead}  ` : lead)}`;
  };
  const lines = (value: Branch, lead: string): string =>
    value instanceof Map
      ? [...value]
          .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1))
          .map(([key, item]) => {
            const start = `${lead}${scalarText(key)}:`;
            return start + behind(item, lead, start.length, false);
          })
          .join('\n')
      : children(value)
          .map((item) => `${lead}-${behind(item, lead, lead.length + 1, true)}`)
          .join('\n');
  if (!isBranch(root) || children(root).length === 0) return toYaml(root, STYLE);
  return `${lines(root, '')}\n`;
};
