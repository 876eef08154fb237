import type { ModuleCatalogue, Value } from '@ratchet/core';
import type { Fields } from './fields.js';
import { readModuleDefaults } from './module-defaults.js';
import type { Inherited } from './task.js';

/** What stands around a playbook: nothing. */
export const NOTHING: Inherited = { when: [], tags: [], vars: new Map(), includeParams: new Map(), environment: [] };

// exactOptionalPropertyTypes: a keyword that is not set is not a property.
const given = <K extends string, V>(name: K, value: V | undefined): Partial<Record<K, V>> =>
  value === undefined ? {} : ({ [name]: value } as Partial<Record<K, V>>);

const environmentOf = (fields: Fields): readonly Value[] => {
  const value = fields.value('environment');
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
};

const collectionsOf = (fields: Fields): readonly string[] | undefined =>
  fields.has('collections') ? fields.texts('collections').map(({ value }) => String(value)) : undefined;

/** The keywords of a play, role, import, block or task laid over what is around it. `vars` only where asked. */
export const inherit = (
  around: Inherited,
  fields: Fields,
  options: { readonly vars: boolean; readonly catalogue: ModuleCatalogue },
): Inherited => ({
  ...around,
  when: [...around.when, ...fields.conditions('when')],
  tags: [...new Set([...around.tags, ...fields.tags()])],
  vars: options.vars ? new Map([...around.vars, ...fields.variables()]) : around.vars,
  environment: [...around.environment, ...environmentOf(fields)],
  ...given('collections', collectionsOf(fields)),
  ...given('moduleDefaults', readModuleDefaults(fields, options.catalogue, around.moduleDefaults)),
  ...given('ignoreErrors', fields.flag('ignore_errors')),
  ...given('ignoreUnreachable', fields.flag('ignore_unreachable')),
  ...given('noLog', fields.flag('no_log')),
  ...given('checkMode', fields.flag('check_mode')),
  ...given('diff', fields.flag('diff')),
  ...given('anyErrorsFatal', fields.flag('any_errors_fatal')),
  ...given('runOnce', fields.flag('run_once')),
  ...given('throttle', fields.number('throttle')),
  ...given('delegateTo', fields.has('local_action') ? 'localhost' : fields.value('delegate_to')),
  ...given('delegateFacts', fields.flag('delegate_facts')),
  ...given('connection', fields.value('connection')),
  ...given('remoteUser', fields.value('remote_user')),
  ...given('port', fields.number('port')),
  ...given('become', fields.flag('become')),
  ...given('becomeUser', fields.value('become_user')),
  ...given('becomeMethod', fields.value('become_method')),
  ...given('timeout', fields.number('timeout')),
});
