/** Longest command line. cmd.exe takes 8191 characters; the login shell's own call of it takes some. */
export const LONGEST = 8000;

const MARK = /^echo (RATCHET-[0-9a-f]+ \d+ \d+) %errorlevel%$/;

/** Variables that Windows sets for every process. */
const STANDARD_VARIABLES = /%(?:ProgramData|PROCESSOR_ARCHITECTURE|PROCESSOR_ARCHITEW6432)%/gi;

// What means the same typed and in a script: no percent sign but those of standard variables, nothing that ends or steers a script.
const isPlain = (line: string): boolean =>
  /^[\x20-\x7e]*$/.test(line) && !/%|\bexit\b|!/i.test(line.replace(STANDARD_VARIABLES, ''));

const asPart = (line: string): string | undefined => {
  const [, mark] = MARK.exec(line) ?? [];
  // A line's variables are replaced before anything of it runs; `call` replaces once more, when the command before it is over.
  if (mark !== undefined) return `call echo ${mark} %^errorlevel%`;
  if (!isPlain(line)) return undefined;
  return line.startsWith('if ') ? `(${line})` : line;
};

/**
 * Lines of a script as one command line for a login shell that is cmd.exe: one process less on the host than a script on the standard
 * input of a cmd.exe of its own. Undefined where it would be too long, or mean something else. `<nul` stands in
 * every one of our lines that starts a program: for PowerShell that is a fault of syntax, on which it runs nothing at all.
 */
export const oneLine = (lines: readonly string[]): string | undefined => {
  const parts = lines.map(asPart);
  if (parts.includes(undefined) || !lines.some((line) => line.includes('<nul'))) return undefined;
  const whole = parts.join('& ');
  return whole.length > LONGEST ? undefined : whole;
};

/** The same for lines of which the caller knows that they are short and mean the same typed as in a script (`%I` of a `for`, say). */
export const typedLine = (lines: readonly string[]): string =>
  lines
    .map((line) => {
      const [, mark] = MARK.exec(line) ?? [];
      if (mark !== undefined) return `call echo ${mark} %^errorlevel%`;
      return line.startsWith('if ') ? `(${line})` : line;
    })
    .join('& ');
