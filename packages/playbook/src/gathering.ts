import type { Dict, Position } from '@ratchet/core';
import { checkParams } from './check-params.js';
import type { Fields } from './fields.js';
import type { ModuleDefaults } from './module-defaults.js';
import { type Params, withDefaults } from './params.js';
import type { Session } from './session.js';

const MODULE = 'setup';
const KEYWORDS = ['gather_subset', 'gather_timeout'] as const;
const NO_PARAMS: Params = { value: new Map(), positions: new Map() };

const written = (fields: Fields): { readonly value: Dict; readonly positions: ReadonlyMap<string, Position> } => {
  const there = KEYWORDS.filter((name) => (fields.value(name) ?? null) !== null);
  return {
    value: new Map(there.map((name) => [name, fields.value(name) ?? null])),
    positions: new Map(there.map((name) => [name, fields.place(name)])),
  };
};

/** What a play's facts are gathered with: its keywords, with the `module_defaults` of `gather_facts` and `setup` below them. */
export const gatherParams = (fields: Fields, session: Session, defaults: ModuleDefaults | undefined): Params => {
  const module = session.options.catalogue.find(MODULE);
  const own = written(fields);
  if (!module) return own;
  checkParams(module, own, true, fields.position, session.findings);
  return withDefaults(
    withDefaults(own, defaults?.get('gather_facts'), module),
    defaults?.get(MODULE) ?? NO_PARAMS,
    module,
  );
};
