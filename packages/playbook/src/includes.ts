import type { FoundAction } from './action.js';
import { actionParams } from './action-params.js';
import type { Around, World } from './around.js';
import { Fields } from './fields.js';
import type { Include } from './include.js';
import { inherit } from './inherited.js';
import { ROLE_PARAMETERS, roleParts } from './role-parameters.js';

/** Keywords of the include itself; everything else goes under `apply`. */
const OWN = [
  'action',
  'args',
  'collections',
  'ignore_errors',
  'listen',
  'loop',
  'loop_control',
  'name',
  'no_log',
  'register',
  'run_once',
  'tags',
  'timeout',
  'vars',
  'when',
];

const checkOwn = (world: World, fields: Fields, found: FoundAction): void => {
  for (const { name, position, node } of fields.all())
    if (!OWN.includes(name) && !name.startsWith('with_') && node !== found.node)
      world.session.findings.report(
        'playbook-invalid',
        `${name} has no meaning at ${found.name}.`,
        position,
        'Put it under "apply:" of the include, which hands it to what is included.',
      );
};

const appliedAround = (world: World, given: Fields, around: Around, chain: string): Around => {
  const { findings } = world.session;
  const inner: Around = { ...around, chain, importing: [], dynamic: true };
  const node = given.field('apply')?.node;
  if (!node) return inner;
  if (node.kind !== 'map') {
    given.wrong('apply', 'a mapping of keywords');
    return inner;
  }
  const apply = new Fields(node, findings);
  apply.checkKeywords('block');
  return {
    ...inner,
    inherited: inherit(around.inherited, apply, { vars: true, catalogue: world.session.options.catalogue }),
    notify: apply.has('notify') ? apply.texts('notify') : around.notify,
  };
};

/** The include of an `include_tasks` or `include_role` task; `id` is the task's. Reports what is wrong with it. */
export const readInclude = (
  world: World,
  fields: Fields,
  found: FoundAction,
  around: Around,
  id: string,
): Include | undefined => {
  const { findings } = world.session;
  checkOwn(world, fields, found);
  const args = fields.field('args')?.node;
  if (found.name === 'include_tasks') {
    const given = actionParams(found, args, ['file', 'apply'], 'file', findings);
    const inner = appliedAround(world, given, around, id);
    const file = given.text('file');
    if (file !== undefined) return { kind: 'tasks', file, around: inner, position: given.place('file') };
    findings.report('playbook-invalid', 'include_tasks needs the file.', found.position);
    return undefined;
  }
  const given = actionParams(found, args, [...ROLE_PARAMETERS, 'apply'], 'name', findings);
  const inner = appliedAround(world, given, around, id);
  const role = given.text('name') ?? given.text('role');
  if (role === undefined) {
    findings.report('playbook-invalid', 'include_role needs the name.', found.position);
    return undefined;
  }
  return {
    kind: 'role',
    role,
    from: roleParts(given),
    public: given.flag('public') ?? false,
    allowDuplicates: given.flag('allow_duplicates') ?? true,
    validate: given.flag('rolespec_validate') ?? true,
    around: inner,
    position: given.place('name'),
  };
};
