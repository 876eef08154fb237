import { type Node, textValue } from '@ratchet/source';
import { type FoundAction, loopFields } from './action.js';
import type { Around } from './around.js';
import { Fields } from './fields.js';
import { type Pair, splitFreeForm } from './free-form.js';

type Builtin = Extract<FoundAction, { kind: 'builtin' }>;

const scalar = (value: string, position: Node['position']): Node => ({ kind: 'scalar', value, position });

const withNode = (fields: Fields, old: Node, fresh: Node): Fields => {
  const entries = [...fields.all()].map(({ name, position, node }) => ({
    key: scalar(name, position),
    value: node === old ? fresh : node,
  }));
  return new Fields({ kind: 'map', entries, position: fields.position }, fields.findings);
};

// `a={{ a }}`, which old roles hand on, is what the name stands for already.
const isAnother = ({ name, value }: Pair): boolean => /^\{\{\s*(\w+)\s*\}\}$/.exec(value)?.[1] !== name;

/**
 * `include`, which ansible-core has until 2.16, as the action that it stands for: an import where the name is written out, nothing is looped over
 * and nothing around is an include; else an include. Words `name=value` behind the file are variables as those of a block around it: below facts.
 */
export const readOldInclude = (
  found: Builtin,
  fields: Fields,
  around: Around,
): { readonly found: Builtin; readonly fields: Fields; readonly around: Around } => {
  const { node } = found;
  const text = node.kind === 'scalar' && typeof node.value === 'string' ? node.value : '';
  const { pairs, rest } = splitFreeForm(text, node.position, (name) => name !== 'file');
  const isStatic = !around.dynamic && loopFields(fields).length === 0 && !rest.includes('{{');
  const name = isStatic ? 'import_tasks' : 'include_tasks';
  if (pairs.length === 0) return { found: { ...found, name }, fields, around };
  const file = scalar(rest, node.position);
  const words = pairs.filter(isAnother).map((pair) => [pair.name, textValue(pair.value, pair.position)] as const);
  const { inherited } = around;
  return {
    found: { ...found, name, node: file },
    fields: withNode(fields, node, file),
    around: { ...around, inherited: { ...inherited, vars: new Map([...inherited.vars, ...words]) } },
  };
};
