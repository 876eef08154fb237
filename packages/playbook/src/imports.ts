import { basename, resolve } from 'node:path';
import type { FoundAction } from './action.js';
import { actionParams } from './action-params.js';
import type { Around, World } from './around.js';
import { finishEarly } from './early-names.js';
import type { Fields } from './fields.js';
import { findFile } from './find-file.js';
import { inherit } from './inherited.js';
import { ROLE_PARAMETERS, roleParts } from './role-parameters.js';
import type { Inherited, TaskNode } from './task.js';
import { readLoop } from './task-options.js';

// Keywords that an import cannot hand down to what it imports.
const NOT_AT_IMPORTS = [
  'register',
  'until',
  'retries',
  'delay',
  'changed_when',
  'failed_when',
  'loop_control',
  'listen',
];

const importAround = (world: World, fields: Fields, around: Around): Around => {
  const { findings } = world.session;
  for (const name of NOT_AT_IMPORTS)
    if (fields.has(name))
      findings.report(
        'playbook-invalid',
        `${name} has no meaning at an import.`,
        fields.field(name)?.position ?? fields.position,
        'Put it at the tasks in it.',
      );
  const loop = readLoop(fields);
  if (loop)
    findings.report(
      'playbook-invalid',
      'An import cannot be looped over.',
      loop.position,
      'Put the loop at the tasks in it, or include the file.',
    );
  return {
    ...around,
    inherited: inherit(around.inherited, fields, { vars: true, catalogue: world.session.options.catalogue }),
    chain: world.session.id(around.chain, fields.position),
    notify: fields.has('notify') ? fields.texts('notify') : around.notify,
  };
};

const withIncludeParams = (inherited: Inherited, fields: Fields): Inherited => ({
  ...inherited,
  includeParams: new Map([...inherited.includeParams, ...fields.variables()]),
});

/** The tasks of an `import_tasks`, in place. `asInclude`: its variables rank above facts, as those of `include` do. */
export const importTasks = async (
  world: World,
  fields: Fields,
  found: FoundAction,
  around: Around,
  asInclude: boolean,
): Promise<readonly TaskNode[]> => {
  const { findings } = world.session;
  const outer = importAround(world, fields, around);
  const inner = asInclude ? { ...outer, inherited: withIncludeParams(outer.inherited, fields) } : outer;
  const given = actionParams(found, fields.field('args')?.node, ['file'], 'file', findings);
  const written = given.text('file');
  if (written === undefined) findings.report('playbook-invalid', 'import_tasks needs the file.', found.position);
  const name = written && finishEarly(written, inner, new Map(), world.session);
  if (!name) return [];
  const path = await findFile(name, around.folders);
  if (path === undefined) {
    findings.report('file-not-found', `There is no task file ${name}.`, given.place('file'));
    return [];
  }
  if (around.importing.includes(resolve(path))) {
    findings.report('playbook-invalid', `${basename(path)} imports itself.`, found.position);
    return [];
  }
  return (await findings.attemptAsync(found.position, () => world.readFile(path, inner))) ?? [];
};

/** The tasks of an `import_role`, in place. */
export const importRole = async (
  world: World,
  fields: Fields,
  found: FoundAction,
  around: Around,
): Promise<readonly TaskNode[]> => {
  const { findings } = world.session;
  const inner = importAround(world, fields, around);
  const given = actionParams(found, fields.field('args')?.node, ROLE_PARAMETERS, 'name', findings);
  const written = given.text('name') ?? given.text('role');
  if (written === undefined) findings.report('playbook-invalid', 'import_role needs the name.', found.position);
  const name = written && finishEarly(written, inner, new Map(), world.session);
  if (!name) return [];
  const parts = Object.entries(roleParts(given)).flatMap(([part, file]) => {
    const finished = finishEarly(file, inner, new Map(), world.session);
    return finished === undefined ? [] : [[part, finished]];
  });
  const use = {
    name,
    position: given.place('name'),
    params: new Map(),
    vars: fields.variables(),
    allowDuplicates: given.flag('allow_duplicates') !== false,
    validate: given.flag('rolespec_validate') !== false,
    from: Object.fromEntries(parts),
  };
  return world.importRole(use, inner);
};
