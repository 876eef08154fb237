import type { RegistryQuery } from '@ratchet/core';

/** The command that every script goes to: the same text under a cmd.exe and a PowerShell login shell. */
export const SCRIPT_COMMAND = 'cmd /q /d';

/** The parents of a key, nearest first, down to the hive. */
export const parentsOf = (path: string): readonly string[] => {
  const parts = path.split('\\');
  return parts.slice(1).map((_, index) => parts.slice(0, parts.length - 1 - index).join('\\'));
};

/** Whether a key's name can stand on a command line: `%` expands even in quotes, and what is not ASCII depends on the code page. */
export const isCommandSafe = (path: string): boolean =>
  /^[\x20-\x7e]*$/.test(path) && !/[%"]/.test(path) && !path.endsWith('\\');

/**
 * A key's name with quotes as it can stand on a line of cmd.exe; undefined where it cannot. A backslash makes a quote part of a word for
 * a program of Microsoft's C runtime, as reg.exe is (docs of `CommandLineToArgvW`: backslashes before a quote are doubled). The caret
 * takes its meaning from every quote, and from all else that has one, for cmd.exe, which is never between quotes then.
 */
export const quotedPath = (path: string): string | undefined => {
  if (!/^[\x20-\x7e]*$/.test(path) || /[%!]/.test(path) || path.endsWith('\\')) return undefined;
  const word = `"${path.replace(/(\\*)"/g, '$1$1\\"')}"`;
  return word.replace(/["&|<>()^]/g, '^$&');
};

/** The line that reads one key. */
export const queryLine = ({ path, tree }: RegistryQuery): string =>
  `reg query "${path}"${tree ? ' /s' : ''} /reg:64 2>nul <nul`;

const FAILED = 'RATCHET_FAILED';

/**
 * The lines that read one key: what `reg query` prints, then `TOKEN number 0 %errorlevel%`. A failure is noted in variables;
 * the lines of `explainLines` look at them. Each line costs cmd.exe time, so a key that can be read takes no more than these.
 */
export const readLines = (query: RegistryQuery, number: number, token: string): readonly string[] => [
  queryLine(query),
  `echo ${token} ${number} 0 %errorlevel%&if errorlevel 1 set ${FAILED}=1&set ${FAILED}_${number}=1`,
];

/**
 * The lines that stand after all reads, numbered from `first`, and end the script at once when none has failed. A failed one's
 * parents are asked, nearest first, until one can be read, so that missing and denied are told apart in the same round
 * trip. Each parent is followed by `TOKEN number level %errorlevel%`.
 */
export const explainLines = (queries: readonly RegistryQuery[], first: number, token: string): readonly string[] => {
  const explain = ({ path }: RegistryQuery, number: number): readonly string[] => {
    const open = `if defined ${FAILED}_${number}`;
    return parentsOf(path).flatMap((parent, index) => [
      `${open} ${queryLine({ path: parent })}`,
      `${open} echo ${token} ${number} ${index + 1} %errorlevel%`,
      `if not errorlevel 1 set ${FAILED}_${number}=`,
    ]);
  };
  if (queries.length === 0) return [];
  return [`if not defined ${FAILED} exit 0`, ...queries.flatMap((query, index) => explain(query, first + index))];
};

/** What a script printed before each of its marks. */
export interface Marked {
  readonly number: number;
  readonly level: number;
  readonly code: number;
  readonly text: string;
}

/** Cuts a script's output at its marks. What stands before the first `TOKEN begin` (cmd's banner) is dropped. */
export const cutAtMarks = (output: string, token: string): readonly Marked[] => {
  const begin = output.indexOf(`${token} begin`);
  const body = begin < 0 ? output : output.slice(begin + token.length + 6);
  const marks: Marked[] = [];
  let from = 0;
  for (const match of body.matchAll(new RegExp(`${token} (\\d+) (\\d+) (-?\\d+)`, 'g'))) {
    const [whole, number, level, code] = match;
    marks.push({
      number: Number(number),
      level: Number(level),
      code: Number(code) >>> 0,
      text: body.slice(from, match.index),
    });
    from = match.index + whole.length;
  }
  return marks;
};
