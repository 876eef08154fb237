/** A shell pattern (`*`, `?`, `[a-z]`, `[!x]`) as a regular expression for a whole name. */
export const globPattern = (pattern: string): RegExp => {
  let source = '';
  for (let at = 0; at < pattern.length; at++) {
    const letter = pattern[at] as string;
    const end = letter === '[' ? pattern.indexOf(']', at + 2) : -1;
    if (letter === '*') source += '.*';
    else if (letter === '?') source += '.';
    else if (end !== -1) {
      const inside = pattern
        .slice(at + 1, end)
        .replace(/\\/g, '\\\\')
        .replace(/^!/, '^');
      source += `[${inside}]`;
      at = end;
    } else source += letter.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  }
  return new RegExp(`^${source}$`, 's');
};
