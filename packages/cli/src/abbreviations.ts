import { usageError } from './show-failure.js';

/**
 * Long flags written out, as Python's argparse lets people shorten them: `--lim web` is `--limit web` when no other flag begins so.
 * What stands behind `--` is left alone. Throws a usage error that names the candidates of an ambiguous one.
 */
export const writeOutFlags = (args: readonly string[], known: readonly string[]): readonly string[] => {
  const end = args.indexOf('--');
  const head = end === -1 ? args : args.slice(0, end);
  return [...head.map((arg) => writtenOut(arg, known)), ...(end === -1 ? [] : args.slice(end))];
};

const writtenOut = (arg: string, known: readonly string[]): string => {
  const found = /^(--[A-Za-z][^=\s]*)(=[\s\S]*)?$/.exec(arg);
  const [, flag = '', value = ''] = found ?? [];
  if (!found || known.includes(flag)) return arg;
  const candidates = known.filter((name) => name.startsWith(flag));
  if (candidates.length === 0) return arg;
  if (candidates.length > 1) throw usageError(`${flag} could be ${candidates.join(' or ')}.`);
  return `${candidates[0]}${value}`;
};
