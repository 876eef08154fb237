import { resolve } from 'node:path';
import { type Dict, RatchetError, Template, type Value } from '@ratchet/core';
import type { MapNode } from '@ratchet/source';
import type { Around } from './around.js';
import { checkNotify } from './check-notify.js';
import { finishKnown } from './early-names.js';
import { Fields } from './fields.js';
import { gatherParams } from './gathering.js';
import { includeLoader } from './include-loader.js';
import { inherit } from './inherited.js';
import type { Play, Section } from './play.js';
import { RoleReader } from './role-reader.js';
import type { Session } from './session.js';
import type { Inherited, Task, TaskNode } from './task.js';
import { listItems } from './task-options.js';
import { readVarsFiles } from './vars-files.js';
import { readVarsPrompt } from './vars-prompt.js';

const ORDERS = ['inventory', 'reverse_inventory', 'sorted', 'reverse_sorted', 'shuffle'] as const;

const given = <K extends string, V>(name: K, value: V | null | undefined): Partial<Record<K, V>> =>
  value === undefined || value === null ? {} : ({ [name]: value } as Partial<Record<K, V>>);

const flattenHandlers =
  (session: Session) =>
  (nodes: readonly TaskNode[]): readonly Task[] =>
    nodes.flatMap((node) => {
      if (node.kind === 'task') return [node];
      session.findings.report(
        'not-supported',
        'A block among handlers is not supported.',
        node.position,
        'Write single handlers with the same listen.',
      );
      return [];
    });

const hostsOf = (fields: Fields): Value => {
  const hosts = fields.value('hosts');
  const good = (value: Value): boolean =>
    (typeof value === 'string' && value.trim() !== '') || value instanceof Template;
  if (hosts !== undefined && (good(hosts) || (Array.isArray(hosts) && hosts.length > 0 && hosts.every(good))))
    return hosts;
  if (!fields.has('hosts'))
    fields.findings.report('playbook-invalid', 'A play needs hosts.', fields.position, 'Write "hosts: all".');
  else fields.wrong('hosts', 'a pattern or a list of patterns');
  return 'all';
};

// The order of a play's tasks is known before the run: a template is finished with `-e` and the play's variables.
const strategyOf = (fields: Fields, known: Pick<Around, 'inherited' | 'playVars'>, session: Session) => {
  const value = session.findings.attempt(fields.place('strategy'), () => {
    try {
      return finishKnown(fields.text('strategy') ?? 'linear', known, new Map(), session);
    } catch (thrown) {
      if (!(thrown instanceof RatchetError)) throw thrown;
      const message = `The play's "strategy" cannot be told: ${thrown.message}`;
      const hint = [thrown.hint, 'It is read before the run, with -e and the variables of the play.'].join(' ').trim();
      throw new RatchetError('playbook-invalid', message, { hint, place: thrown.place, cause: thrown });
    }
  });
  if (value === undefined) return 'linear';
  const short = value.replace(/^ansible\.builtin\./, '');
  if (short === 'linear' || short === 'free') return short;
  // A host of `free` keeps its place until it is through here, which is all that host_pinned asks for.
  if (short === 'host_pinned') return 'free';
  fields.findings.report(
    'not-supported',
    'This strategy is not supported.',
    fields.place('strategy'),
    'Supported are linear, free and host_pinned.',
  );
  return 'linear';
};

const orderOf = (fields: Fields) => {
  const value = fields.text('order');
  if (value === undefined) return undefined;
  return ORDERS.find((one) => one === value) ?? fields.wrong('order', `one of ${ORDERS.join(', ')}`);
};

// `user` is an old name that plays alone have.
const remoteUserOf = (fields: Fields): Value | undefined => {
  if (fields.has('user') && fields.has('remote_user')) fields.wrong('user', 'left out: remote_user says the same');
  return fields.value('remote_user') ?? fields.value('user');
};

/** Reads one play. `around` is what an `import_playbook` lays around it. */
export const readPlay = async (
  node: MapNode,
  session: Session,
  playbookDir: string,
  around: Inherited,
  chain: string,
): Promise<Play> => {
  const fields = new Fields(node, session.findings);
  fields.checkKeywords('play');
  const id = session.id(chain, fields.position);
  const laid = inherit(around, fields, { vars: false, catalogue: session.options.catalogue });
  const remoteUser = remoteUserOf(fields);
  const inherited = { ...laid, ...given('remoteUser', remoteUser) };
  const vars: Dict = new Map([...around.vars, ...fields.variables()]);
  const files = await readVarsFiles(fields, playbookDir, session);
  const playVars: Dict = new Map([['playbook_dir', resolve(playbookDir)], ...vars, ...files.variables]);
  const inner: Around = {
    inherited,
    chain: id,
    folders: [playbookDir],
    level: 'task',
    notify: [],
    playVars,
    importing: [],
  };
  const reader = new RoleReader(session, playbookDir, flattenHandlers(session));
  const items = (name: string) => listItems(fields.field(name)?.node, name, fields);
  const read = (name: string, level: Around['level']) => reader.tasks.readList(items(name), { ...inner, level });
  // First, as Ansible reads them: what they import stands before the imports of pre_tasks.
  const roles = await reader.readRoles(items('roles'), inner);
  const sections: readonly Section[] = [
    { kind: 'pre_tasks', body: await read('pre_tasks', 'task') },
    { kind: 'roles', body: roles },
    { kind: 'tasks', body: await read('tasks', 'task') },
    { kind: 'post_tasks', body: await read('post_tasks', 'task') },
  ];
  const own = flattenHandlers(session)(await read('handlers', 'handler'));
  const handlers = [...reader.listedHandlers, ...own, ...reader.importedHandlers];
  const { checks } = reader;
  if (!checks.open) {
    const later = { kind: 'tasks', body: checks.nodes } as const;
    checkNotify([...sections, later], [...handlers, ...checks.handlers], session.findings);
  }
  return {
    id,
    ...given('name', fields.text('name') || undefined),
    hosts: hostsOf(fields),
    position: fields.position,
    vars,
    varsFiles: files.entries,
    writtenFileVars: files.variables,
    ...given('gatherFacts', fields.flag('gather_facts')),
    gatherParams: gatherParams(fields, session, inherited.moduleDefaults),
    varsPrompt: readVarsPrompt(fields),
    strategy: strategyOf(fields, inner, session),
    anyErrorsFatal: fields.flag('any_errors_fatal') ?? false,
    ignoreUnreachable: fields.flag('ignore_unreachable') ?? false,
    ...given('serial', fields.value('serial')),
    ...given('order', orderOf(fields)),
    ...given('maxFailPercentage', fields.number('max_fail_percentage')),
    ...given('forceHandlers', fields.flag('force_handlers')),
    ...given('rollbackOnFailure', fields.flag('rollback_on_failure')),
    ...given('throttle', fields.number('throttle')),
    ...given('connection', fields.value('connection')),
    ...given('remoteUser', remoteUser),
    ...given('port', fields.number('port')),
    tags: inherited.tags,
    sections,
    handlers,
    includes: includeLoader(session, playbookDir, flattenHandlers),
    roles: reader.roles,
    roleDefaults: new Map(reader.roles.flatMap(({ role }) => [...role.defaults])),
    roleVars: new Map(reader.roles.flatMap(({ vars: given }) => [...given])),
    environment: inherited.environment,
  };
};
