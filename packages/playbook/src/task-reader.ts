import { dirname, resolve } from 'node:path';
import { didYouMean } from '@ratchet/core';
import type { ListNode, Node } from '@ratchet/source';
import { type FoundAction, findAction, wordOf } from './action.js';
import type { Around, World } from './around.js';
import type { Block } from './block.js';
import { checkTemplateTask } from './check-template-file.js';
import { Fields, isEmpty } from './fields.js';
import { importRole, importTasks } from './imports.js';
import { readInclude } from './includes.js';
import { inherit } from './inherited.js';
import { META_COMMANDS, SUPPORTED, shortName } from './keywords.js';
import { readOldInclude } from './old-include.js';
import { lateParams, type Params, readParams } from './params.js';
import { isReachable } from './reach.js';
import type { Action, Inherited, Task, TaskNode } from './task.js';
import { listItems, readAsync, readLoop, readLoopControl, readUntil } from './task-options.js';

const NO_PARAMS: Params = { value: new Map(), positions: new Map() };

/** Reads lists of tasks: blocks kept, imports and roles put in place, includes kept for the run. */
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
    if (['block', 'rescue', 'always'].some((name) => fields.has(name))) return [await this.#readBlock(fields, around)];
    return this.#readTask(fields, around);
  }

  async #readBlock(fields: Fields, around: Around): Promise<Block> {
    fields.checkKeywords('block');
    const { position } = fields;
    if (!fields.has('block'))
      this.#findings.report('playbook-invalid', 'rescue and always need a block beside them.', position);
    const id = this.#world.session.id(around.chain, position);
    const notify = fields.texts('notify');
    const inner: Around = {
      ...around,
      inherited: inherit(around.inherited, fields, { vars: true, catalogue: this.#world.session.options.catalogue }),
      chain: id,
      notify: fields.has('notify') ? notify : around.notify,
    };
    for (const name of ['block', 'rescue', 'always']) if (fields.isNull(name)) fields.wrong(name, 'a list of tasks');
    const list = (name: string, within: Around = inner) =>
      this.readList(listItems(fields.field(name)?.node, name, fields), within);
    const name = fields.text('name');
    const rollback = fields.flag('rollback_on_failure');
    return {
      ...inner.inherited,
      kind: 'block',
      id,
      ...(name === undefined ? {} : { name }),
      body: await list('block', fields.has('rescue') ? { ...inner, rescued: true } : inner),
      rescue: await list('rescue'),
      always: await list('always'),
      ...(rollback === undefined ? {} : { rollbackOnFailure: rollback }),
      notify,
      ...(around.role ? { role: around.role } : {}),
      position,
    };
  }

  async #readTask(written: Fields, outer: Around): Promise<readonly TaskNode[]> {
    const { level } = outer;
    const { session } = this.#world;
    const own = inherit(outer.inherited, written, { vars: true, catalogue: session.options.catalogue });
    const reachable = isReachable(own, session);
    const action = findAction(written, level, session, reachable);
    written.checkKeywords(level, (name) => !SUPPORTED[level].includes(name));
    const { found, fields, around } =
      action?.kind === 'builtin' && action.name === 'include'
        ? readOldInclude(action, written, outer)
        : { found: action, fields: written, around: outer };
    const inherited = around === outer ? own : { ...own, vars: new Map([...around.inherited.vars, ...own.vars]) };
    if (found?.kind === 'builtin' && found.name === 'import_tasks')
      return importTasks(this.#world, fields, found, around, action !== found);
    if (found?.kind === 'builtin' && found.name === 'import_role')
      return importRole(this.#world, fields, found, around);
    const task = this.#taskOf(fields, found, around, inherited);
    if (found?.kind === 'module' && task && reachable)
      await checkTemplateTask(
        found.module,
        { value: task.params, positions: task.paramPositions },
        around,
        fields.position.file.path,
        this.#world,
      );
    if (task?.action.kind === 'include' && reachable) await this.#world.checkInclude(task.action.include, task);
    return task ? [task] : [];
  }

  #taskOf(fields: Fields, found: FoundAction | undefined, around: Around, inherited: Inherited): Task | undefined {
    // Everything is read even when the action is unknown, so that all that is wrong is reported at once.
    const name = fields.text('name');
    const loop = readLoop(fields);
    const register = fields.identifier('register');
    const until = readUntil(fields);
    const patience = readAsync(fields);
    const rest = {
      loopControl: readLoopControl(fields),
      notify: fields.has('notify') ? fields.texts('notify') : around.notify,
      listen: fields.texts('listen').map((placed) => placed.value),
      position: fields.position,
      keywordPositions: fields.positions(),
      ...(fields.has('changed_when') ? { changedWhen: fields.conditions('changed_when') } : {}),
      ...(fields.has('failed_when') ? { failedWhen: fields.conditions('failed_when') } : {}),
    };
    if (!found) return undefined;
    const id = this.#world.session.id(around.chain, fields.position);
    const action = this.#actionOf(fields, found, around, id);
    const args = fields.field('args')?.node;
    if (!action) return undefined;
    const defaults = inherited.moduleDefaults?.get(shortName(found.name));
    const params =
      found.kind === 'module'
        ? readParams(found.module, found.node, args, found.position, this.#findings, {
            ...(defaults ? { defaults } : {}),
            mayFail:
              around.rescued === true || rest.failedWhen !== undefined || (inherited.ignoreErrors ?? false) !== false,
          })
        : found.kind === 'late'
          ? lateParams(found, args, this.#findings)
          : NO_PARAMS;
    const own = action.kind === 'include' ? fields.variables() : new Map();
    return {
      ...inherited,
      includeParams: own.size > 0 ? new Map([...inherited.includeParams, ...own]) : inherited.includeParams,
      kind: 'task',
      handler: around.level === 'handler',
      id,
      ...(name === undefined ? {} : { name }),
      action,
      params: params.value,
      paramPositions: params.positions,
      ...(params.below === undefined ? {} : { paramsBelow: params.below }),
      ...(loop ? { loop } : {}),
      ...(register === undefined ? {} : { register }),
      ...(until ? { until } : {}),
      ...(patience ? { async: patience } : {}),
      ...rest,
      ...(around.role ? { role: around.role } : {}),
    };
  }

  #actionOf(fields: Fields, found: FoundAction, around: Around, id: string): Action | undefined {
    if (found.kind === 'module') return { kind: 'module', name: found.name, module: found.module };
    if (found.kind === 'late') return { kind: 'late', name: found.name, module: found.module };
    if (found.kind === 'unreachable') return { kind: 'unreachable', name: found.name };
    if (found.name === 'include_tasks' || found.name === 'include_role') {
      const include = readInclude(this.#world, fields, found, around, id);
      return include && { kind: 'include', name: found.name, include };
    }
    const word = wordOf(found.node);
    const command = META_COMMANDS.find((one) => one === word);
    if (command) return { kind: 'meta', name: 'meta', command };
    const hint = didYouMean(word ?? '', META_COMMANDS) ?? `Supported are ${META_COMMANDS.join(', ')}.`;
    this.#findings.report('not-supported', `meta: ${word ?? '…'} is not supported.`, found.node.position, hint);
    return undefined;
  }
}
