const json = (value: unknown): string => {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'bigint') return String(value);
  if (Array.isArray(value)) return `[${value.map(json).join(', ')}]`;
  if (typeof value !== 'object') return asciiText(JSON.stringify(value));
  return `{${Object.entries(value)
    .map(([key, item]) => `${asciiText(JSON.stringify(key))}: ${json(item)}`)
    .join(', ')}}`;
};

const asciiText = (text: string): string =>
  text.replace(/[^\x20-\x7e]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** `content` as text: a mapping or a list is written as Python's json.dumps does, true as True. */
export const contentText = (content: unknown): string => {
  if (typeof content === 'string') return content;
  if (typeof content === 'boolean') return content ? 'True' : 'False';
  if (content === null) return '';
  return typeof content === 'object' ? json(content) : String(content);
};
