/** A word as /bin/sh takes it unchanged. */
export const posixWord = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;

// The rules by which a Windows program takes its command line apart: backslashes count only before a quote.
const windowsWord = (word: string): string =>
  /^[^\s"&|<>^()%!]+$/.test(word) ? word : `"${word.replace(/(\\*)"/g, '$1$1\\"').replace(/(\\+)$/, '$1$1')}"`;

/** The command line of a list of words, for cmd.exe or for /bin/sh. */
export const commandLine = (words: readonly string[], local: boolean): string =>
  words.map(local ? posixWord : windowsWord).join(' ');

/** A line cut into words by the rules of a POSIX shell (quotes, backslashes), nothing expanded; null when a quote is open. */
export const splitWords = (line: string): readonly string[] | null => {
  const words: string[] = [];
  let word: string | undefined;
  for (let at = 0; at < line.length; at++) {
    const letter = line[at] as string;
    if (/\s/.test(letter)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (letter === '\\') {
      at += 1;
      if (at >= line.length) return null;
      word = (word ?? '') + line[at];
    } else if (letter === "'") {
      const end = line.indexOf("'", at + 1);
      if (end === -1) return null;
      word = (word ?? '') + line.slice(at + 1, end);
      at = end;
    } else if (letter === '"') {
      word ??= '';
      for (at++; line[at] !== '"'; at++) {
        if (at >= line.length) return null;
        if (line[at] === '\\' && /["\\]/.test(line[at + 1] ?? '')) at += 1;
        word += line[at];
      }
    } else word = (word ?? '') + letter;
  }
  return word === undefined ? words : [...words, word];
};
