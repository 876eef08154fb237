import { didYouMean, type ModuleCatalogue, Template } from '@ratchet/core';
import { type MapNode, type Node, nodeToValue } from '@ratchet/source';
import { checkNames } from './check-params.js';
import { type Fields, isEmpty } from './fields.js';
import type { Findings } from './findings.js';
import { ANSIBLE_MODULES, shortName } from './keywords.js';
import type { Params } from './params.js';
import { checkValue } from './template-check.js';

/** Parameters for the tasks that do not write them, by the short name of their module. */
export type ModuleDefaults = ReadonlyMap<string, Params>;

const listOf = (node: Node): readonly Node[] => (node.kind === 'list' ? node.items : [node]);

const paramsOf = (node: Node, findings: Findings): Params | undefined => {
  const value = nodeToValue(node);
  checkValue(value, findings);
  if (value instanceof Template) return { value, positions: new Map() };
  if (node.kind === 'map')
    return { value, positions: new Map(node.entries.map(({ key }) => [String(nodeToValue(key)), key.position])) };
  if (isEmpty(node)) return { value: new Map(), positions: new Map() };
  findings.report('playbook-invalid', 'The defaults of a module must be a mapping of parameters.', node.position);
  return undefined;
};

const readMap = (node: MapNode, catalogue: ModuleCatalogue, findings: Findings): ModuleDefaults => {
  const defaults = new Map<string, Params>();
  for (const { key, value } of node.entries) {
    const name = String(nodeToValue(key));
    const params = paramsOf(value, findings);
    if (name.startsWith('group/')) {
      const hint = 'Write the defaults under the name of each module.';
      findings.report('not-supported', `Defaults of "${name}" are not supported.`, key.position, hint);
      continue;
    }
    const module = catalogue.find(name) ?? catalogue.find(shortName(name));
    const elsewhere = ANSIBLE_MODULES.has(shortName(name)) || name.includes('.');
    if (!module && !elsewhere)
      findings.report(
        'module-unknown',
        `There is no module "${name}".`,
        key.position,
        didYouMean(name, catalogue.names()),
      );
    if (!params) continue;
    if (module && params.value instanceof Map)
      checkNames(module, params.value, params.positions, key.position, findings);
    defaults.set(shortName(name), params);
  }
  return defaults;
};

/**
 * The keyword `module_defaults`: a mapping, or a list of them. What stands further in takes the place of all that is around it for
 * the same module.
 */
export const readModuleDefaults = (
  fields: Fields,
  catalogue: ModuleCatalogue,
  around: ModuleDefaults | undefined,
): ModuleDefaults | undefined => {
  const node = fields.field('module_defaults')?.node;
  if (!node || isEmpty(node)) return around;
  const defaults = new Map(around);
  for (const one of listOf(node)) {
    if (one.kind !== 'map') fields.wrong('module_defaults', 'a mapping of module names, or a list of such mappings');
    else for (const [name, params] of readMap(one, catalogue, fields.findings)) defaults.set(name, params);
  }
  return defaults;
};
