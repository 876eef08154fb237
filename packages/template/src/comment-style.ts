interface Style {
  readonly beginning: string;
  readonly decoration: string;
  readonly end: string;
}

const line = (decoration: string): Style => ({ beginning: '', decoration, end: '' });

const STYLES: ReadonlyMap<string, Style> = new Map([
  ['plain', line('# ')],
  ['erlang', line('% ')],
  ['c', line('// ')],
  ['cblock', { beginning: '/*', decoration: ' * ', end: ' */' }],
  ['xml', { beginning: '<!--', decoration: ' - ', end: '-->' }],
]);

export interface CommentOptions {
  readonly style: string;
  readonly get: (name: string) => string | undefined;
  readonly count: (name: string) => number;
}

/** The names of the styles that `comment` knows. */
export const commentStyles = (): readonly string[] => [...STYLES.keys()];

/** A text as a comment, or undefined when the style is not known. */
export const commented = (text: string, { style, get, count }: CommentOptions): string | undefined => {
  const base = STYLES.get(style);
  if (!base) return undefined;
  const newline = get('newline') ?? '\n';
  const decoration = get('decoration') ?? base.decoration;
  const beginning = get('beginning') ?? base.beginning;
  const end = get('end') ?? base.end;
  const edge = (name: 'prefix' | 'postfix'): string[] =>
    Array.from({ length: count(`${name}_count`) }, () => get(name) ?? decoration.trimEnd());
  const body = text.split(newline).map((part) => (decoration + part).replace(/[ \t]+$/, ''));
  const lines = [...edge('prefix'), ...body, ...edge('postfix')];
  return [...(beginning ? [beginning] : []), ...lines, ...(end ? [end] : [])].join(newline);
};
