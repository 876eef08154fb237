import { RatchetError } from '@ratchet/core';

/**
 * A Python regular expression (re.MULTILINE) as JavaScript's: named groups, `\A` and `\Z`, flags at the front. Errors: `task-failed`
 * when it is none.
 */
export const pythonPattern = (source: string, flags = 'm'): RegExp => {
  const front = /^\(\?([aimsux]+)\)/.exec(source);
  const body = source
    .slice(front?.[0].length ?? 0)
    .replaceAll('(?P<', '(?<')
    .replace(/\(\?P=(\w+)\)/g, '\\k<$1>')
    .replace(/\\A/g, '(?<![\\s\\S])')
    .replace(/\\Z/g, '(?![\\s\\S])');
  const more = [...(front?.[1] ?? '')].filter((letter) => 'ims'.includes(letter) && !flags.includes(letter)).join('');
  try {
    return new RegExp(body, flags + more);
  } catch (cause) {
    throw new RatchetError('task-failed', `The regular expression ${source} is not valid.`, { cause });
  }
};
