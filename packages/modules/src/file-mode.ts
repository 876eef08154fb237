type Who = 'u' | 'g' | 'o';

const SHIFT: Readonly<Record<Who, number>> = { u: 6, g: 3, o: 0 };
const CLAUSE = /^([ugoa]*)((?:[-+=](?:[ugo]|[rwxXst]*))+)$/;
const STEP = /([-+=])([ugo]|[rwxXst]*)/g;

interface Before {
  readonly mode: number;
  readonly directory: boolean;
}

const bitsOf = (letters: string, who: Who, { mode, directory }: Before): number => {
  const copied = /^[ugo]$/.test(letters) ? (mode >> SHIFT[letters as Who]) & 7 : undefined;
  if (copied !== undefined) return copied << SHIFT[who];
  let bits = 0;
  for (const letter of letters) {
    if (letter === 'r') bits |= 4 << SHIFT[who];
    if (letter === 'w') bits |= 2 << SHIFT[who];
    if (letter === 'x' || (letter === 'X' && (directory || (mode & 0o111) !== 0))) bits |= 1 << SHIFT[who];
    if (letter === 's' && who !== 'o') bits |= who === 'u' ? 0o4000 : 0o2000;
    if (letter === 't' && who === 'o') bits |= 0o1000;
  }
  return bits;
};

const maskOf = (who: Who): number => (7 << SHIFT[who]) | (who === 'u' ? 0o4000 : who === 'g' ? 0o2000 : 0o1000);

const applied = (clause: string, before: Before, umask: number): number | undefined => {
  const found = CLAUSE.exec(clause);
  if (!found) return undefined;
  const named = found[1] as string;
  const all: readonly Who[] = ['u', 'g', 'o'];
  const whom = named === '' || named.includes('a') ? all : all.filter((who) => named.includes(who));
  let { mode } = before;
  for (const [, sign, letters = ''] of (found[2] as string).matchAll(STEP))
    for (const who of whom) {
      const now = { mode, directory: before.directory };
      // Without a "who" the umask holds, as in chmod.
      const bits = bitsOf(letters, who, now) & (named === '' ? ~umask : 0o7777);
      if (sign === '+') mode |= bits;
      else if (sign === '-') mode &= ~bits;
      else mode = (mode & ~maskOf(who)) | bits;
    }
  return mode & 0o7777;
};

/**
 * The permission bits that a `mode` parameter asks for: a number is taken as it is (YAML has read 0644 as 420 already), digits in
 * a text are octal, anything else is chmod's symbolic form on what was there before. undefined when it is none of these.
 */
export const wantedMode = (given: string | number, before: Before, umask = 0o022): number | undefined => {
  if (typeof given === 'number') return given >= 0 && given <= 0o7777 ? given : undefined;
  if (/^[0-7]+$/.test(given)) return Number.parseInt(given, 8) & 0o7777;
  let mode: number | undefined = before.mode;
  for (const clause of given.split(',')) {
    mode = applied(clause.trim(), { mode, directory: before.directory }, umask);
    if (mode === undefined) return undefined;
  }
  return mode;
};

/** `0644`: four octal digits. */
export const showMode = (mode: number): string => mode.toString(8).padStart(4, '0');
