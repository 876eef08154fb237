import { templateError } from './item.js';
import { pep440Parts } from './version-pep440.js';

const OPERATORS = new Map<string, (order: number) => boolean>([
  ...['==', '=', 'eq'].map((name): [string, (order: number) => boolean] => [name, (order) => order === 0]),
  ...['!=', '<>', 'ne'].map((name): [string, (order: number) => boolean] => [name, (order) => order !== 0]),
  ...['<', 'lt'].map((name): [string, (order: number) => boolean] => [name, (order) => order < 0]),
  ...['<=', 'le'].map((name): [string, (order: number) => boolean] => [name, (order) => order <= 0]),
  ...['>', 'gt'].map((name): [string, (order: number) => boolean] => [name, (order) => order > 0]),
  ...['>=', 'ge'].map((name): [string, (order: number) => boolean] => [name, (order) => order >= 0]),
]);

export type Part = number | string;

const looseParts = (version: string): Part[] =>
  (version.match(/\d+|[a-z]+|[^.\da-z]+/gi) ?? []).map((part) => (/^\d+$/.test(part) ? Number(part) : part));

/** Numbers with an optional pre-release `a1` or `b2`, which comes before the release. */
const strictParts = (version: string): Part[] => {
  const found = /^(\d+)\.(\d+)(?:\.(\d+))?(?:([ab])(\d+))?$/.exec(version);
  if (!found) throw templateError(`"${version}" is no strict version number.`);
  return [Number(found[1]), Number(found[2]), Number(found[3] ?? 0), found[4] ?? 'z', Number(found[5] ?? 0)];
};

/** Semantic Versioning 2.0.0: what stands after a `+` does not count. */
const semverParts = (version: string): Part[] => {
  const found = /^(\d+)\.(\d+)\.(\d+)(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?$/.exec(version);
  if (!found) throw templateError(`"${version}" is no semantic version.`);
  return [Number(found[1]), Number(found[2]), Number(found[3]), ...preRelease(found[4])];
};

// A release comes after all of its pre-releases; of their parts numbers come before words, and fewer before more.
const preRelease = (text: string | undefined): Part[] =>
  text === undefined
    ? [1]
    : [0, ...text.split('.').flatMap((part): Part[] => (/^\d+$/.test(part) ? [0, Number(part)] : [1, part]))];

export type VersionKind = (version: string) => Part[];

/** How versions are read, by the name that `version_type` gives. */
export const VERSION_KINDS: ReadonlyMap<string, VersionKind> = new Map([
  ['loose', looseParts],
  ['strict', strictParts],
  ['semver', semverParts],
  ['semantic', semverParts],
  ['pep440', pep440Parts],
]);

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
export const compareVersions = (left: string, right: string, operator: string, kind: VersionKind): boolean => {
  const holds = OPERATORS.get(operator);
  if (!holds) throw templateError(`"${operator}" does not compare versions.`, 'Use one of ==, !=, <, <=, >, >=.');
  return holds(orderOf(kind(left), kind(right)));
};
