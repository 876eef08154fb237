/** One argument of a role's `argument_specs`, as written. */
type Spec = Readonly<Record<string, unknown>>;
type Given = Readonly<Record<string, unknown>>;

const TRUE = ['y', 'yes', 'on', '1', 'true', 't'];
const FALSE = ['n', 'no', 'off', '0', 'false', 'f'];

const typeOf = (value: unknown): string => {
  if (value === null || value === undefined) return "<class 'NoneType'>";
  if (Array.isArray(value)) return "<class 'list'>";
  if (typeof value === 'object') return "<class 'dict'>";
  if (typeof value === 'boolean') return "<class 'bool'>";
  if (typeof value === 'string') return "<class 'str'>";
  return typeof value === 'number' && !Number.isInteger(value) ? "<class 'float'>" : "<class 'int'>";
};

const shown = (value: unknown): string => {
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (value === null || value === undefined) return 'None';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
};

const cannot = (value: unknown, type: string): Error => new Error(`${typeOf(value)} cannot be converted to ${type}`);

const isDict = (value: unknown): value is Given => typeof value === 'object' && value !== null && !Array.isArray(value);

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};

const toDict = (value: unknown): unknown => {
  if (isDict(value)) return value;
  if (typeof value !== 'string') throw cannot(value, 'a dict');
  if (value.startsWith('{')) {
    const found = parsed(value);
    if (isDict(found)) return found;
    throw new Error('unable to evaluate string as dictionary');
  }
  const pairs = [...value.matchAll(/\s*([^=,\s]+)=("[^"]*"|'[^']*'|[^,\s]*)\s*(?:,|\s|$)/g)];
  if (pairs.length === 0) throw new Error('dictionary requested, could not parse JSON or key=value');
  return Object.fromEntries(pairs.map((pair) => [pair[1], (pair[2] as string).replace(/^(["'])(.*)\1$/s, '$2')]));
};

const UNITS = 'BKMGTPEZY';

const toSize = (value: unknown, type: 'bytes' | 'bits'): unknown => {
  const found = /^\s*(\d*\.?\d*)\s*([A-Za-z]*)\s*$/.exec(String(value));
  if (!found?.[1]) throw cannot(value, type === 'bytes' ? 'a Byte value' : 'a Bit value');
  const unit = UNITS.indexOf((found[2] ?? '').charAt(0).toUpperCase());
  if (unit === -1) throw cannot(value, type === 'bytes' ? 'a Byte value' : 'a Bit value');
  return Math.round(Number(found[1]) * 1024 ** unit);
};

const toBool = (value: unknown): unknown => {
  if (typeof value === 'boolean') return value;
  const word = String(value).toLowerCase().trim();
  if (TRUE.includes(word) || value === 1) return true;
  if (FALSE.includes(word) || value === 0) return false;
  throw new Error(
    `The value '${shown(value)}' is not a valid boolean. Valid booleans include: ${[...TRUE, ...FALSE].join(', ')}`,
  );
};

const toInt = (value: unknown): unknown => {
  if (typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value))) return value;
  if (typeof value === 'string' && /^\s*[-+]?\d+\s*$/.test(value)) return Number(value);
  throw cannot(value, 'an int');
};

const toFloat = (value: unknown): unknown => {
  if (typeof value === 'number') return value;
  if (typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value))) return Number(value);
  throw cannot(value, 'a float');
};

const toList = (value: unknown): unknown => {
  if (Array.isArray(value)) return value;
  if (typeof value === 'string') return value.split(',');
  if (typeof value === 'number' || typeof value === 'bigint') return [String(value)];
  throw cannot(value, 'a list');
};

const CONVERT: Readonly<Record<string, (value: unknown) => unknown>> = {
  __proto__: null as never,
  str: (value) => (typeof value === 'object' && value !== null ? JSON.stringify(value) : shown(value)),
  path: shown,
  raw: (value) => value,
  jsonarg: (value) => value,
  json: (value) => (typeof value === 'string' ? value : JSON.stringify(value)),
  bool: toBool,
  int: toInt,
  float: toFloat,
  list: toList,
  dict: toDict,
  bytes: (value) => toSize(value, 'bytes'),
  bits: (value) => toSize(value, 'bits'),
};

/** What is wrong with given arguments, by kind, in the order in which Ansible tells it. */
interface Faults {
  readonly missing: string[];
  readonly types: string[];
  readonly choices: string[];
  readonly below: string[];
  readonly unknown: string[];
}

const within = (where: string): string => (where === '' ? '' : ` found in ${where}`);

const entries = (value: unknown): readonly (readonly [string, Spec])[] =>
  isDict(value) ? Object.entries(value).map(([name, spec]) => [name, isDict(spec) ? spec : {}] as const) : [];

const aliasesOf = (spec: Spec): readonly string[] =>
  Array.isArray(spec['aliases']) ? spec['aliases'].map(String) : [];

const isYes = (value: unknown): boolean => value === true || TRUE.includes(String(value).toLowerCase());

const convert = (name: string, spec: Spec, value: unknown, where: string, faults: Faults): unknown => {
  const type = typeof spec['type'] === 'string' ? spec['type'] : 'str';
  const turn = CONVERT[type];
  const label = `argument '${name}' is of type ${typeOf(value)}${within(where)}`;
  try {
    if (!turn) throw new Error(`there is no type ${type}`);
    const done = turn(value);
    const each = typeof spec['elements'] === 'string' ? CONVERT[spec['elements']] : undefined;
    return each && Array.isArray(done)
      ? done.map((item) => element(name, String(spec['elements']), each, item, where, faults))
      : done;
  } catch (thrown) {
    faults.types.push(`${label} and we were unable to convert to ${type}: ${(thrown as Error).message}`);
    return undefined;
  }
};

const element = (
  name: string,
  type: string,
  turn: (value: unknown) => unknown,
  item: unknown,
  where: string,
  faults: Faults,
): unknown => {
  try {
    return turn(item);
  } catch (thrown) {
    const label = `Elements value for option '${name}'${within(where)} is of type ${typeOf(item)}`;
    faults.types.push(`${label} and we were unable to convert to ${type}: ${(thrown as Error).message}`);
    return undefined;
  }
};

const checkChoices = (name: string, spec: Spec, value: unknown, where: string, faults: Faults): void => {
  const choices = spec['choices'];
  if (!Array.isArray(choices) || value === undefined || value === null) return;
  const known = new Set(choices.map(shown));
  const found = Array.isArray(value)
    ? value.filter((item) => !known.has(shown(item)))
    : known.has(shown(value))
      ? []
      : [value];
  if (found.length === 0) return;
  const many = Array.isArray(value) ? 'one or more of' : 'one of';
  faults.choices.push(
    `value of ${name} must be ${many}: ${choices.map(shown).join(', ')}, got: ${found.map(shown).join(', ')}${within(where)}`,
  );
};

const checkBelow = (name: string, spec: Spec, value: unknown, where: string, faults: Faults): void => {
  if (!isDict(spec['options'])) return;
  const path = where === '' ? name : `${where} -> ${name}`;
  const inner = Array.isArray(value) ? value : [value];
  for (const one of inner) if (isDict(one)) faults.below.push(...inOrder(check(spec['options'], one, path)));
};

const check = (options: unknown, given: Given, where: string): Faults => {
  const faults: Faults = { missing: [], types: [], choices: [], below: [], unknown: [] };
  const known = new Set<string>();
  const missing: string[] = [];
  for (const [name, spec] of entries(options)) {
    const names = [name, ...aliasesOf(spec)];
    for (const one of names) known.add(one);
    const written = names.find((one) => given[one] !== undefined);
    if (written === undefined) {
      if (isYes(spec['required'])) missing.push(name);
      continue;
    }
    if (given[written] === null) continue;
    const value = convert(name, spec, given[written], where, faults);
    checkChoices(name, spec, value, where, faults);
    checkBelow(name, spec, value, where, faults);
  }
  if (missing.length > 0)
    faults.missing.push(`missing required arguments: ${missing.sort().join(', ')}${within(where)}`);
  const unknown = Object.keys(given).filter((name) => !known.has(name));
  for (const name of unknown) {
    const names = entries(options).map(([one, spec]) =>
      aliasesOf(spec).length > 0 ? `${one} (${aliasesOf(spec).join(', ')})` : one,
    );
    const path = where === '' ? name : `${where.replaceAll(' -> ', '.')}.${name}`;
    faults.unknown.push(`${path}. Supported parameters include: ${names.sort().join(', ')}.`);
  }
  return faults;
};

const inOrder = (faults: Faults): readonly string[] => [
  ...faults.missing,
  ...faults.types,
  ...faults.choices,
  ...faults.below,
  ...faults.unknown,
];

/** What is wrong with arguments by an `argument_specs` entry's `options`; empty when they are right. */
export const argumentErrors = (options: unknown, given: Given): readonly string[] => inOrder(check(options, given, ''));
