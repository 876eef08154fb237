import { type Dict, sourceError } from '@ratchet/core';
import { loadYaml, nodeToValue, readSource, type YamlOptions } from '@ratchet/source';
import { isEmpty } from './fields.js';

/** The variables of a file named in `vars_files`. Throws file, YAML and vault errors, and `playbook-invalid`. */
export const readVarsFile = async (path: string, options: YamlOptions = {}): Promise<Dict> => {
  const node = loadYaml(await readSource(path), options);
  if (node === null || isEmpty(node)) return new Map();
  if (node.kind !== 'map')
    throw sourceError('playbook-invalid', 'A file of variables must be a mapping.', node.position);
  return nodeToValue(node) as Dict;
};
