export type Colour = 'green' | 'yellow' | 'cyan' | 'red' | 'magenta' | 'none';

const CODES: Readonly<Record<Exclude<Colour, 'none'>, string>> = {
  green: '32',
  yellow: '33',
  cyan: '36',
  red: '31',
  magenta: '35',
};

/** The text in a colour, each of its lines on its own; unchanged where colour is off. */
export const paint = (text: string, colour: Colour, on: boolean): string => {
  if (!on || colour === 'none') return text;
  return text
    .split('\n')
    .map((line) => (line === '' ? line : `\u001b[${CODES[colour]}m${line}\u001b[0m`))
    .join('\n');
};
