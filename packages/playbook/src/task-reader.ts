import { basename, dirname, resolve } from 'node:path';
import { didYouMean, type Template, Template as TemplateText } from '@ratchet/core';
import { type ListNode, type MapNode, type Node, nodeToValue } from '@ratchet/source';
import { type FoundAction, findAction, wordOf } from './action.js';
import type { Around, World } from './around.js';
import type { Block } from './block.js';
import { Fields, isEmpty } from './fields.js';
import { findFile } from './find-file.js';
import { inherit } from './inherited.js';
import { META_COMMANDS, SUPPORTED } from './keywords.js';
import { readParams } from './params.js';
import type { Action, MetaCommand, Task, TaskNode } from './task.js';
import { listItems, readLoop, readLoopControl, readUntil } from './task-options.js';

const ROLE_IMPORT = [
  'name',
  'role',
  'tasks_from',
  'vars_from',
  'defaults_from',
  'handlers_from',
  'allow_duplicates',
  'public',
  'rolespec_validate',
];

// Keywords that an import cannot hand down to what it imports.
const NOT_AT_IMPORTS = [
  'register',
  'until',
  'retries',
  'delay',
  'changed_when',
  'failed_when',
  'loop_control',
  'args',
  'listen',
];

/** Reads lists of tasks: blocks kept, imports and roles put in place. */
export class TaskReader {
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  async readList(nodes: readonly Node[], around: Around): Promise<readonly TaskNode[]> {
    const tasks: TaskNode[] = [];
    for (const node of nodes) tasks.push(...(await this.#readNode(node, around)));
    return tasks;
  }

  /** The tasks of a file; a file with nothing in it has none. */
  async readFile(path: string, around: Around): Promise<readonly TaskNode[]> {
    const { file, node } = await this.#world.session.read(path);
    if (node === null || isEmpty(node)) return [];
    if (node.kind !== 'list') {
      this.#findings.report(
        'playbook-invalid',
        `${file.path} must be a list of tasks.`,
        node.position,
        'Start each task with "- ".',
      );
      return [];
    }
    const folders = [...new Set([dirname(path), ...around.folders])];
    return this.readList((node as ListNode).items, {
      ...around,
      folders,
      importing: [...around.importing, resolve(path)],
    });
  }

  get #findings() {
    return this.#world.session.findings;
  }

  async #readNode(node: Node, around: Around): Promise<readonly TaskNode[]> {
    if (node.kind !== 'map') {
      this.#findings.report(
        'playbook-invalid',
        'A task must be a mapping.',
        node.position,
        'Write "- module: parameters".',
      );
      return [];
    }
    const fields = new Fields(node, this.#findings);
    if (['block', 'rescue', 'always'].some((name) => fields.has(name)))
      return [await this.#readBlock(node, fields, around)];
    return this.#readTask(fields, around);
  }

  async #readBlock(_node: MapNode, fields: Fields, around: Around): Promise<Block> {
    fields.checkKeywords('block');
    const { position } = fields;
    if (!fields.has('block'))
      this.#findings.report('playbook-invalid', 'rescue and always need a block beside them.', position);
    const id = this.#world.session.id(around.chain, position);
    const notify = fields.texts('notify');
    const inner: Around = {
      ...around,
      inherited: inherit(around.inherited, fields, { vars: true }),
      chain: id,
      notify: [...around.notify, ...notify],
    };
    const list = (name: string) => this.readList(listItems(fields.field(name)?.node, name, fields), inner);
    const name = fields.text('name');
    return {
      ...inner.inherited,
      kind: 'block',
      id,
      ...(name === undefined ? {} : { name }),
      body: await list('block'),
      rescue: await list('rescue'),
      always: await list('always'),
      notify,
      ...(around.role ? { role: around.role } : {}),
      position,
    };
  }

  async #readTask(fields: Fields, around: Around): Promise<readonly TaskNode[]> {
    const { level } = around;
    const found = findAction(fields, level, this.#world.session);
    fields.checkKeywords(level, (name) => !SUPPORTED[level].includes(name));
    if (found?.kind === 'builtin' && found.name === 'import_tasks') return this.#importTasks(fields, found, around);
    if (found?.kind === 'builtin' && found.name === 'import_role') return this.#importRole(fields, found, around);
    const task = this.#taskOf(fields, found, around);
    return task ? [task] : [];
  }

  #taskOf(fields: Fields, found: FoundAction | undefined, around: Around): Task | undefined {
    // Everything is read even when the action is unknown, so that all that is wrong is reported at once.
    const inherited = inherit(around.inherited, fields, { vars: true });
    const name = fields.text('name');
    const loop = readLoop(fields);
    const register = fields.identifier('register');
    const until = readUntil(fields);
    const rest = {
      loopControl: readLoopControl(fields),
      notify: [...around.notify, ...fields.texts('notify')],
      listen: fields.texts('listen').map((placed) => placed.value),
      position: fields.position,
      keywordPositions: fields.positions(),
      ...(fields.has('changed_when') ? { changedWhen: fields.conditions('changed_when') } : {}),
      ...(fields.has('failed_when') ? { failedWhen: fields.conditions('failed_when') } : {}),
    };
    const action = found && this.#actionOf(found);
    const args = fields.field('args')?.node;
    if (!found || !action) return undefined;
    const params =
      found.kind === 'module'
        ? readParams(found.module, found.node, args, found.position, this.#findings)
        : { value: new Map(), positions: new Map() };
    return {
      ...inherited,
      kind: 'task',
      id: this.#world.session.id(around.chain, fields.position),
      ...(name === undefined ? {} : { name }),
      action,
      params: params.value,
      paramPositions: params.positions,
      ...(loop ? { loop } : {}),
      ...(register === undefined ? {} : { register }),
      ...(until ? { until } : {}),
      ...rest,
      ...(around.role ? { role: around.role } : {}),
    };
  }

  #actionOf(found: FoundAction): Action | undefined {
    if (found.kind === 'module') return { kind: 'module', name: found.name, module: found.module };
    const word = wordOf(found.node);
    const command = META_COMMANDS.find((one) => one === word);
    if (command) return { kind: 'meta', name: 'meta', command: command satisfies MetaCommand };
    const hint = didYouMean(word ?? '', META_COMMANDS) ?? `Supported are ${META_COMMANDS.join(', ')}.`;
    this.#findings.report('not-supported', `meta: ${word ?? '…'} is not supported.`, found.node.position, hint);
    return undefined;
  }

  #importAround(fields: Fields, around: Around): Around {
    for (const name of NOT_AT_IMPORTS)
      if (fields.has(name))
        this.#findings.report(
          'playbook-invalid',
          `${name} has no meaning at an import.`,
          fields.field(name)?.position ?? fields.position,
          'Put it at the tasks in it.',
        );
    const loop = readLoop(fields);
    if (loop)
      this.#findings.report(
        'playbook-invalid',
        'An import cannot be looped over.',
        loop.position,
        'Put the loop at the tasks in it.',
      );
    return {
      ...around,
      inherited: inherit(around.inherited, fields, { vars: true }),
      chain: this.#world.session.id(around.chain, fields.position),
      notify: [...around.notify, ...fields.texts('notify')],
    };
  }

  async #importTasks(fields: Fields, found: FoundAction, around: Around): Promise<readonly TaskNode[]> {
    const inner = this.#importAround(fields, around);
    const node =
      found.node.kind === 'map'
        ? found.node.entries.find(({ key }) => key.kind === 'scalar' && key.value === 'file')?.value
        : found.node;
    const value = node ? nodeToValue(node) : null;
    if (typeof value !== 'string') return this.#staticName('import_tasks', 'file', value, found);
    const name = value.replace(/^file=/, '');
    const path = await findFile(name, around.folders);
    if (path === undefined) {
      this.#findings.report('file-not-found', `There is no task file ${name}.`, node?.position ?? found.position);
      return [];
    }
    if (around.importing.includes(resolve(path))) {
      this.#findings.report('playbook-invalid', `${basename(path)} imports itself.`, found.position);
      return [];
    }
    return (await this.#findings.attemptAsync(found.position, () => this.readFile(path, inner))) ?? [];
  }

  #staticName(what: string, key: string, value: unknown, found: FoundAction): readonly TaskNode[] {
    if (value instanceof TemplateText)
      this.#findings.report(
        'not-supported',
        `A templated name for ${what} is not supported.`,
        (value as Template).position,
      );
    else this.#findings.report('playbook-invalid', `${what} needs the ${key}.`, found.position);
    return [];
  }

  async #importRole(fields: Fields, found: FoundAction, around: Around): Promise<readonly TaskNode[]> {
    const inner = this.#importAround(fields, around);
    if (found.node.kind !== 'map') return this.#staticName('import_role', 'name', null, found);
    const given = new Fields(found.node, this.#findings);
    for (const { name, position } of given.all())
      if (!ROLE_IMPORT.includes(name))
        this.#findings.reportUnknown(
          'param-invalid',
          `import_role has no parameter "${name}".`,
          position,
          name,
          ROLE_IMPORT,
        );
    const name = given.text('name') ?? given.text('role');
    if (typeof name !== 'string') return this.#staticName('import_role', 'name', name ?? null, found);
    const from = (key: string) => {
      const text = given.text(key);
      return typeof text === 'string' ? { [key.replace('_from', '')]: text } : {};
    };
    const use = {
      name,
      position: given.place('name'),
      params: new Map(),
      vars: fields.variables(),
      allowDuplicates: given.flag('allow_duplicates') !== false,
      validate: given.flag('rolespec_validate') !== false,
      from: { ...from('tasks_from'), ...from('vars_from'), ...from('defaults_from'), ...from('handlers_from') },
    };
    return this.#world.importRole(use, inner);
  }
}
