import { type Dict, sourceError } from '@ratchet/core';
import { loadYaml, type Node, nodeToValue, readSource, type YamlOptions } from '@ratchet/source';
import { isEmpty } from './fields.js';

/** The variables of a file. Throws `playbook-invalid` when it is no mapping. */
export const variablesIn = (node: Node | null): Dict => {
  if (node === null || isEmpty(node)) return new Map();
  if (node.kind !== 'map')
    throw sourceError('playbook-invalid', 'A file of variables must be a mapping.', node.position);
  return nodeToValue(node) as Dict;
};

/** The variables of a file named in `vars_files`. Throws file, YAML and vault errors, and `playbook-invalid`. */
export const readVarsFile = async (path: string, options: YamlOptions = {}): Promise<Dict> => {
  return variablesIn(loadYaml(await readSource(path), options));
};
