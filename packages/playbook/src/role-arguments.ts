import { basename, extname, resolve } from 'node:path';
import { fromPlain, type Position, toPlain, type Value } from '@ratchet/core';
import { type MapNode, type Node, nodeToValue } from '@ratchet/source';
import type { Around, RoleUse } from './around.js';
import { isEmpty } from './fields.js';
import { roleFile } from './role-files.js';
import type { Session } from './session.js';
import type { Task } from './task.js';

const MODULE = 'validate_argument_spec';

const entryOf = (node: Node | undefined, name: string): Node | undefined =>
  node?.kind === 'map' ? node.entries.find(({ key }) => key.kind === 'scalar' && key.value === name)?.value : undefined;

// meta/argument_specs.yml stands above what meta/main.yml says.
const specsOf = async (session: Session, role: string): Promise<Node | undefined> => {
  for (const name of ['argument_specs', 'main']) {
    const path = await roleFile(role, 'meta', name);
    const node = path === undefined ? null : (await session.read(path)).node;
    const specs = node === null ? undefined : entryOf(node, 'argument_specs');
    if (specs && !isEmpty(specs)) return specs;
  }
  return undefined;
};

const mapOf = (node: Node | undefined, what: string, session: Session): MapNode | undefined => {
  if (!node || isEmpty(node)) return undefined;
  if (node.kind === 'map') return node;
  session.findings.report('playbook-invalid', `${what} must be a mapping.`, node.position);
  return undefined;
};

// What a specification says is data: a default with {{ }} in it is documentation.
const asData = (node: Node): Value => fromPlain(toPlain(nodeToValue(node)));

const dict = (entries: Readonly<Record<string, Value>>): Value =>
  new Map(Object.entries(entries).map(([key, value]) => [key, value] as [Value, Value]));

/** The step that checks a role's variables where the role begins, when its `argument_specs` speak of the entry point. */
export const argumentCheck = async (
  session: Session,
  use: RoleUse,
  path: string,
  around: Around,
): Promise<readonly Task[]> => {
  const from = use.from.tasks ?? 'main';
  const entry = from.slice(0, from.length - extname(from).length);
  const specs = mapOf(await specsOf(session, path), 'argument_specs', session);
  const spec = mapOf(entryOf(specs, entry), `The argument specification "${entry}"`, session);
  const options = mapOf(entryOf(spec, 'options'), 'options', session);
  const module = session.options.catalogue.find(MODULE);
  if (!options || !spec || !module) return [];
  const summary = entryOf(spec, 'short_description');
  const told = summary?.kind === 'scalar' && summary.value !== null ? ` - ${String(summary.value)}` : '';
  // A role of a collection is named without it, as in Ansible.
  const name = /[\\/]ansible_collections[\\/]/.test(path) ? basename(path) : use.name;
  const context = { argument_spec_name: entry, name, path: resolve(path), type: 'role' };
  const position: Position = spec.entries[0]?.key.position ?? spec.position;
  return [
    {
      ...around.inherited,
      tags: [...new Set([...around.inherited.tags, 'always'])],
      kind: 'task',
      handler: around.level === 'handler',
      id: session.id(around.chain, position),
      name: `Validating arguments against arg spec '${entry}'${told}`,
      action: { kind: 'module', name: MODULE, module },
      params: dict({ argument_spec: asData(options), validate_args_context: fromPlain(context) }),
      paramPositions: new Map(),
      loopControl: { loopVar: 'item' },
      notify: [],
      listen: [],
      position,
      keywordPositions: new Map(),
      ...(around.role ? { role: around.role } : {}),
    },
  ];
};
