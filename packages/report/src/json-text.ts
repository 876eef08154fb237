export interface JsonStyle {
  readonly sorted?: boolean;
  /** Blanks per level; absent: one line. */
  readonly indent?: number;
}

const member = (key: string, value: unknown, style: JsonStyle, level: number): string =>
  `${JSON.stringify(key)}: ${write(value, style, level)}`;

const wrap = (open: string, items: readonly string[], close: string, style: JsonStyle, level: number): string => {
  if (items.length === 0) return open + close;
  if (style.indent === undefined) return open + items.join(', ') + close;
  const lead = `\n${' '.repeat(style.indent * (level + 1))}`;
  return `${open}${lead}${items.join(`,${lead}`)}\n${' '.repeat(style.indent * level)}${close}`;
};

const write = (value: unknown, style: JsonStyle, level: number): string => {
  if (typeof value === 'bigint') return value.toString();
  if (Array.isArray(value)) {
    const items = value.map((item) => write(item, style, level + 1));
    return wrap('[', items, ']', style, level);
  }
  if (value !== null && typeof value === 'object') {
    const entries = Object.entries(value).filter(([, item]) => item !== undefined);
    if (style.sorted) entries.sort(([a], [b]) => (a < b ? -1 : 1));
    const items = entries.map(([key, item]) => member(key, item, style, level + 1));
    return wrap('{', items, '}', style, level);
  }
  return JSON.stringify(value) ?? 'null';
};

/** JSON as Ansible prints it (a blank after `:` and `,`); integers beyond 2^53 keep all their digits. */
export const jsonText = (value: unknown, style: JsonStyle = {}): string => write(value, style, 0);
