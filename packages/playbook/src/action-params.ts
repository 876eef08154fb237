import type { MapNode, Node } from '@ratchet/source';
import type { FoundAction } from './action.js';
import { Fields, isEmpty } from './fields.js';
import type { Findings } from './findings.js';
import { splitFreeForm } from './free-form.js';

const scalar = (value: string, position: Node['position']): Node => ({ kind: 'scalar', value, position });

const fromText = (text: string, node: Node, known: readonly string[], free: string): MapNode => {
  const { pairs, rest } = splitFreeForm(text, node.position, (name) => known.includes(name));
  const entries = pairs.map((pair) => ({
    key: scalar(pair.name, pair.position),
    value: scalar(pair.value, pair.position),
  }));
  if (rest !== '') entries.push({ key: scalar(free, node.position), value: scalar(rest, node.position) });
  return { kind: 'map', entries, position: node.position };
};

/**
 * The parameters of an import or include, written as a mapping, as `name=value` words or as a bare text (which is `free`), with `args`
 * below them. Unknown ones are reported.
 */
export const actionParams = (
  found: FoundAction,
  args: Node | undefined,
  known: readonly string[],
  free: string,
  findings: Findings,
): Fields => {
  const { node } = found;
  const own: MapNode =
    node.kind === 'map'
      ? node
      : node.kind === 'scalar' && !isEmpty(node)
        ? fromText(String(node.value), node, known, free)
        : { kind: 'map', entries: [], position: node.position };
  const below = args?.kind === 'map' ? args.entries : [];
  const fields = new Fields({ ...own, entries: [...below, ...own.entries] }, findings);
  for (const { name, position } of fields.all())
    if (!known.includes(name))
      findings.reportUnknown('param-invalid', `${found.name} has no parameter "${name}".`, position, name, known);
  return fields;
};
