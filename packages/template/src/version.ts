import { templateError } from './item.js';

const OPERATORS = new Map<string, (order: number) => boolean>([
  ...['==', '=', 'eq'].map((name): [string, (order: number) => boolean] => [name, (order) => order === 0]),
  ...['!=', '<>', 'ne'].map((name): [string, (order: number) => boolean] => [name, (order) => order !== 0]),
  ...['<', 'lt'].map((name): [string, (order: number) => boolean] => [name, (order) => order < 0]),
  ...['<=', 'le'].map((name): [string, (order: number) => boolean] => [name, (order) => order <= 0]),
  ...['>', 'gt'].map((name): [string, (order: number) => boolean] => [name, (order) => order > 0]),
  ...['>=', 'ge'].map((name): [string, (order: number) => boolean] => [name, (order) => order >= 0]),
]);

type Part = number | string;

const looseParts = (version: string): Part[] =>
  (version.match(/\d+|[a-z]+|[^.\da-z]+/gi) ?? []).map((part) => (/^\d+$/.test(part) ? Number(part) : part));

const strictParts = (version: string): Part[] => {
  const found = /^(\d+)\.(\d+)(?:\.(\d+))?(?:[-]?([0-9A-Za-z.-]+))?(?:\+.*)?$/.exec(version);
  if (!found) throw templateError(`"${version}" is no strict version number.`);
  return [Number(found[1]), Number(found[2]), Number(found[3] ?? 0), found[4] ?? '~'];
};

const orderOf = (left: readonly Part[], right: readonly Part[]): number => {
  for (let at = 0; at < Math.min(left.length, right.length); at++) {
    const a = left[at] as Part;
    const b = right[at] as Part;
    if (a === b) continue;
    if (typeof a !== typeof b) throw templateError(`The versions cannot be compared: "${a}" against "${b}".`);
    return a < b ? -1 : 1;
  }
  return left.length - right.length;
};

/** Ansible's `version` test: numbers by value, letters by order, a longer version is the later one. */
export const compareVersions = (
  left: string,
  right: string,
  operator: string,
  { strict }: { readonly strict: boolean },
): boolean => {
  const holds = OPERATORS.get(operator);
  if (!holds) throw templateError(`"${operator}" does not compare versions.`, 'Use one of ==, !=, <, <=, >, >=.');
  const parts = strict ? strictParts : looseParts;
  return holds(orderOf(parts(left), parts(right)));
};
