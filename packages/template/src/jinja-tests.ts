import { didYouMean, Float, RatchetError, type Value } from '@ratchet/core';
import { addressTests } from './address-tests.js';
import { fileTests } from './file-tests.js';
import { type Args, Callable, defined, templateError, Undefined } from './item.js';
import {
  compare,
  contains,
  equals,
  isDict,
  isInteger,
  isList,
  isNumber,
  iterate,
  toNumber,
  truthy,
  typeName,
} from './python.js';
import { str } from './python-text.js';
import { execRegex, pythonRegex } from './regex.js';
import { type Test, ofValue as value } from './test.js';
import { compareVersions, VERSION_KINDS, type VersionKind } from './version.js';

const result = (name: string, fallback: (dict: ReadonlyMap<Value, Value>) => boolean): Test =>
  value((dict) => {
    if (!isDict(dict)) throw templateError(`The test "${name}" wants a registered result, not a ${typeName(dict)}.`);
    return fallback(dict);
  });

const flag = (dict: ReadonlyMap<Value, Value>, name: string): boolean => truthy(dict.get(name) ?? false);
const isFailed = (dict: ReadonlyMap<Value, Value>): boolean => flag(dict, 'failed');
const isChanged = (dict: ReadonlyMap<Value, Value>): boolean =>
  dict.has('changed') ? flag(dict, 'changed') : oneOf(dict, 'changed');
const oneOf = (dict: ReadonlyMap<Value, Value>, name: string): boolean => {
  const results = dict.get('results');
  return isList(results) && results.some((one) => isDict(one) && flag(one, name));
};
const isSkipped = (dict: ReadonlyMap<Value, Value>): boolean => flag(dict, 'skipped');

const relation = (holds: (order: number) => boolean): Test =>
  value((left, args) => holds(compare(left, args.need(0, 'other'))));

const regexTest = (anchor: 'search' | 'match' | 'fullmatch' | undefined): Test =>
  value((text, args) => {
    const pattern = str(args.need(0, 'pattern'));
    const ignoreCase = truthy(args.get(1, 'ignorecase') ?? false);
    const multiline = truthy(args.get(2, 'multiline') ?? false);
    const kind = anchor ?? str(args.get(3, 'match_type') ?? 'search');
    const subject = str(text);
    const find = (['search', 'match', 'fullmatch'] as const).find((one) => one === kind);
    if (!find) throw templateError(`There is no match_type "${kind}".`, 'Use search, match or fullmatch.');
    return execRegex(pythonRegex(pattern, { ignoreCase, multiline, find }), subject) !== null;
  });

const versionKind = (strict: Value | undefined, kind: Value | undefined): VersionKind => {
  if ((strict ?? null) !== null && (kind ?? null) !== null)
    throw templateError('version takes strict or version_type, not both.');
  const name = kind === undefined || kind === null ? (strict === true ? 'strict' : 'loose') : str(kind);
  const found = VERSION_KINDS.get(name);
  if (found) return found;
  throw templateError(`There is no kind of version "${name}".`, 'Use loose, strict, semver or pep440.');
};

const version: Test = value((left, args) => {
  const right = str(args.need(0, 'version'));
  const operator = str(args.get(1, 'operator') ?? 'eq');
  const strict = args.get(2, 'strict');
  const kind = args.get(3, 'version_type');
  if (str(left) === '' || right === '') throw templateError('The version to compare is empty.');
  return compareVersions(str(left), right, operator, versionKind(strict, kind));
});

const FALSE_WORDS = /^(?:no|off|false|f|n|0)$/i;
const TRUE_WORDS = /^(?:yes|on|true|t|y|1)$/i;

/** With `convert_bool` a text that reads like a boolean is one. */
const asTruth = (item: Value, args: Args): Value => {
  if (!truthy(args.get(0, 'convert_bool') ?? false) || typeof item !== 'string') return item;
  return FALSE_WORDS.test(item) ? false : TRUE_WORDS.test(item) ? true : item;
};

const mapping: Test = (item) => isDict(item);
const subset = (a: Value, b: Value): boolean => iterate(a).every((item) => contains(b, item));
const parity = (odd: number): Test => value((number) => Math.abs((toNumber(number) ?? Number.NaN) % 2) === odd);

const tests: ReadonlyMap<string, Test> = new Map<string, Test>([
  ...fileTests,
  ...addressTests,
  ['defined', (item) => !(item instanceof Undefined)],
  ['undefined', (item) => item instanceof Undefined],
  ['none', (item) => item === null],
  ['string', (item) => typeof item === 'string'],
  ['number', (item) => isNumber(item) || typeof item === 'boolean'],
  ['integer', (item) => isInteger(item)],
  ['float', (item) => item instanceof Float || (typeof item === 'number' && !Number.isInteger(item))],
  ['boolean', (item) => typeof item === 'boolean'],
  ['true', (item) => item === true],
  ['false', (item) => item === false],
  ['mapping', mapping],
  ['sequence', (item) => isList(item) || isDict(item) || typeof item === 'string'],
  ['iterable', (item) => isList(item) || isDict(item) || typeof item === 'string'],
  // To Python an undefined value can be called, and fails when it is.
  ['callable', (item) => item instanceof Callable || item instanceof Undefined],
  ['sameas', value((left, args) => left === args.need(0, 'other'))],
  ['in', value((item, args) => contains(args.need(0, 'seq'), item))],
  ['contains', value((seq, args) => contains(seq, args.need(0, 'item')))],
  ['even', parity(0)],
  ['odd', parity(1)],
  [
    'divisibleby',
    value((number, args) => {
      const by = toNumber(args.need(0, 'num')) ?? 0;
      if (by === 0) throw templateError('This is a division by zero.');
      return (toNumber(number) ?? Number.NaN) % by === 0;
    }),
  ],
  ['lower', value((text) => str(text) === str(text).toLowerCase() && /\p{L}/u.test(str(text)))],
  ['upper', value((text) => str(text) === str(text).toUpperCase() && /\p{L}/u.test(str(text)))],
  ['escaped', () => false],
  ['search', regexTest('search')],
  ['match', regexTest('match')],
  ['regex', regexTest(undefined)],
  ['version', version],
  ['version_compare', version],
  ['failed', result('failed', isFailed)],
  ['failure', result('failure', isFailed)],
  ['success', result('success', (dict) => !isFailed(dict))],
  ['succeeded', result('succeeded', (dict) => !isFailed(dict))],
  ['successful', result('successful', (dict) => !isFailed(dict))],
  ['changed', result('changed', isChanged)],
  ['change', result('change', isChanged)],
  ['skipped', result('skipped', isSkipped)],
  ['skip', result('skip', isSkipped)],
  ['unreachable', result('unreachable', (dict) => flag(dict, 'unreachable'))],
  ['reachable', result('reachable', (dict) => !flag(dict, 'unreachable'))],
  // A task that nobody set aside has started and finished.
  ['started', result('started', (dict) => truthy(dict.get('started') ?? true))],
  ['finished', result('finished', (dict) => truthy(dict.get('finished') ?? true))],
  ['subset', value((a, args) => subset(a, args.need(0, 'b')))],
  ['issubset', value((a, args) => subset(a, args.need(0, 'b')))],
  ['superset', value((a, args) => subset(args.need(0, 'b'), a))],
  ['issuperset', value((a, args) => subset(args.need(0, 'b'), a))],
  ['all', value((list) => iterate(list).every(truthy))],
  ['any', value((list) => iterate(list).some(truthy))],
  ...['nan', 'isnan'].map((name): [string, Test] => [
    name,
    value((number) => number instanceof Float && Number.isNaN(number.value)),
  ]),
  ['truthy', value((item, args) => truthy(asTruth(item, args)))],
  ['falsy', value((item, args) => !truthy(asTruth(item, args)))],
  ['filter', (item, _args, engine) => engine.hasFilter(str(defined(item)))],
  ['test', (item) => tests.has(plainName(str(defined(item))))],
  ...['eq', '==', 'equalto'].map((name): [string, Test] => [
    name,
    value((left, args) => equals(left, args.need(0, 'other'))),
  ]),
  ...['ne', '!='].map((name): [string, Test] => [name, value((left, args) => !equals(left, args.need(0, 'other')))]),
  ...['lt', '<', 'lessthan'].map((name): [string, Test] => [name, relation((order) => order < 0)]),
  ...['le', '<='].map((name): [string, Test] => [name, relation((order) => order <= 0)]),
  ...['gt', '>', 'greaterthan'].map((name): [string, Test] => [name, relation((order) => order > 0)]),
  ...['ge', '>='].map((name): [string, Test] => [name, relation((order) => order >= 0)]),
]);

/** A name without its collection, for the collections that only repeat Ansible's own. */
export const plainName = (name: string): string =>
  name.replace(/^(?:ansible\.(?:builtin|legacy|utils|windows)|community\.general)\./, '');

/** Ansible's tests that Ratchet does not do, with what to do instead. */
export const REFUSED_TESTS: ReadonlyMap<string, string> = new Map([
  ['vault_encrypted', 'An encrypted variable is decrypted before a template sees it.'],
]);

/** The names of all tests. */
export const testNames = (): readonly string[] => [...tests.keys()].sort();

/** The test of a name; an unknown one is an error that offers the nearest. */
export const testOf = (name: string): Test => {
  const found = tests.get(plainName(name));
  if (found) return found;
  const refused = REFUSED_TESTS.get(plainName(name));
  if (refused) throw new RatchetError('not-supported', `The test "${name}" is not supported.`, { hint: refused });
  throw new RatchetError('template-error', `There is no test "${name}".`, {
    hint: didYouMean(plainName(name), tests.keys()),
  });
};
