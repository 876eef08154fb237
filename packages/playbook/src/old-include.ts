import type { MapNode, Node } from '@ratchet/source';
import { type FoundAction, loopFields } from './action.js';
import type { Around } from './around.js';
import { Fields } from './fields.js';
import { splitFreeForm } from './free-form.js';

type Builtin = Extract<FoundAction, { kind: 'builtin' }>;

const scalar = (value: string, position: Node['position']): Node => ({ kind: 'scalar', value, position });

const withVariables = (fields: Fields, pairs: MapNode['entries'], replaced: ReadonlyMap<Node, Node>): Fields => {
  const given = fields.field('vars');
  const own = given?.node.kind === 'map' ? given.node.entries : [];
  const vars: MapNode = { kind: 'map', entries: [...own, ...pairs], position: fields.position };
  const entries = [...fields.all()]
    .filter(({ name }) => name !== 'vars')
    .map(({ name, position, node }) => ({ key: scalar(name, position), value: replaced.get(node) ?? node }));
  entries.push({ key: scalar('vars', given?.position ?? fields.position), value: vars });
  return new Fields({ kind: 'map', entries, position: fields.position }, fields.findings);
};

/**
 * `include`, which ansible-core has until 2.16, as the action that it stands for: an import where the name is written out, nothing is looped over
 * and nothing around is an include; else an include. Words `name=value` behind the file are variables;
 * all its variables rank above facts, at an import too.
 */
export const readOldInclude = (
  found: Builtin,
  fields: Fields,
  around: Around,
): { readonly found: Builtin; readonly fields: Fields } => {
  const { node } = found;
  const text = node.kind === 'scalar' && typeof node.value === 'string' ? node.value : '';
  const { pairs, rest } = splitFreeForm(text, node.position, (name) => name !== 'file');
  const isStatic = !around.dynamic && loopFields(fields).length === 0 && !rest.includes('{{');
  const variables = pairs.map((pair) => ({
    key: scalar(pair.name, pair.position),
    value: scalar(pair.value, pair.position),
  }));
  const name = isStatic ? 'import_tasks' : 'include_tasks';
  if (pairs.length === 0) return { found: { ...found, name }, fields };
  const file = scalar(rest, node.position);
  return { found: { ...found, name, node: file }, fields: withVariables(fields, variables, new Map([[node, file]])) };
};
