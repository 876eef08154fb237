import { type ModuleCatalogue, Template, type Value } from '@ratchet/core';
import type { Fields } from './fields.js';
import { readModuleDefaults } from './module-defaults.js';
import { type Inherited, KeywordTemplate } from './task.js';

/** What stands around a playbook: nothing. */
export const NOTHING: Inherited = { when: [], tags: [], vars: new Map(), includeParams: new Map(), environment: [] };

// exactOptionalPropertyTypes: a keyword that is not set is not a property.
const given = <K extends string, V>(name: K, value: V | undefined): Partial<Record<K, V>> =>
  value === undefined ? {} : ({ [name]: value } as Partial<Record<K, V>>);

const textOf = (fields: Fields, name: string): Value | undefined => {
  const value = fields.value(name);
  return value instanceof Map || Array.isArray(value) ? fields.wrong(name, 'a text') : value;
};

const environmentOf = (fields: Fields): readonly Value[] => {
  const value = fields.value('environment');
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
};

const collectionsOf = (fields: Fields): readonly string[] | undefined =>
  fields.has('collections') ? fields.texts('collections').map(({ value }) => String(value)) : undefined;

type Handed = Exclude<
  keyof Inherited,
  'when' | 'tags' | 'vars' | 'includeParams' | 'environment' | 'collections' | 'moduleDefaults'
>;

const over = <K extends Handed>(
  around: Inherited,
  name: K,
  value: Inherited[K] | undefined,
): Partial<Record<K, Inherited[K]>> =>
  given(name, value instanceof Template ? (new KeywordTemplate(value, around[name]) as Inherited[K]) : value);

// A null is a value here: what stands around it does not count.
const CLEARED = [
  ['ignoreErrors', 'ignore_errors'],
  ['ignoreUnreachable', 'ignore_unreachable'],
  ['noLog', 'no_log'],
  ['checkMode', 'check_mode'],
  ['diff', 'diff'],
  ['anyErrorsFatal', 'any_errors_fatal'],
  ['runOnce', 'run_once'],
  ['delegateFacts', 'delegate_facts'],
  ['become', 'become'],
  ['throttle', 'throttle'],
  ['port', 'port'],
  ['timeout', 'timeout'],
] as const;

const withoutNulls = (around: Inherited, fields: Fields): Inherited => {
  const nulls: ReadonlySet<string> = new Set(
    CLEARED.filter(([, keyword]) => fields.isNull(keyword)).map(([name]) => name),
  );
  if (nulls.size === 0) return around;
  return Object.fromEntries(Object.entries(around).filter(([name]) => !nulls.has(name))) as unknown as Inherited;
};

/** The keywords of a play, role, import, block or task laid over what is around it. `vars` only where asked. */
export const inherit = (
  around: Inherited,
  fields: Fields,
  options: { readonly vars: boolean; readonly catalogue: ModuleCatalogue },
): Inherited => ({
  ...withoutNulls(around, fields),
  when: [...around.when, ...fields.conditions('when')],
  tags: [...new Set([...around.tags, ...fields.tags()])],
  vars: options.vars ? new Map([...around.vars, ...fields.variables()]) : around.vars,
  environment: [...around.environment, ...environmentOf(fields)],
  ...given('collections', collectionsOf(fields)),
  ...given('moduleDefaults', readModuleDefaults(fields, options.catalogue, around.moduleDefaults)),
  ...over(around, 'ignoreErrors', fields.flag('ignore_errors')),
  ...over(around, 'ignoreUnreachable', fields.flag('ignore_unreachable')),
  ...over(around, 'noLog', fields.flag('no_log')),
  ...over(around, 'checkMode', fields.flag('check_mode')),
  ...over(around, 'diff', fields.flag('diff')),
  ...over(around, 'anyErrorsFatal', fields.flag('any_errors_fatal')),
  ...over(around, 'runOnce', fields.flag('run_once')),
  ...over(around, 'throttle', fields.number('throttle')),
  ...over(around, 'delegateTo', fields.has('local_action') ? 'localhost' : textOf(fields, 'delegate_to')),
  ...over(around, 'delegateFacts', fields.flag('delegate_facts')),
  ...over(around, 'connection', textOf(fields, 'connection')),
  ...over(around, 'remoteUser', textOf(fields, 'remote_user')),
  ...over(around, 'port', fields.number('port')),
  ...over(around, 'become', fields.flag('become')),
  ...over(around, 'becomeUser', textOf(fields, 'become_user')),
  ...over(around, 'becomeMethod', textOf(fields, 'become_method')),
  ...over(around, 'timeout', fields.number('timeout')),
});
