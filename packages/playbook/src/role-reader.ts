import { readdir } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import { type Dict, didYouMean, Template, type Value } from '@ratchet/core';
import { type Node, nodeToValue } from '@ratchet/source';
import type { Around, RoleUse, World } from './around.js';
import { Fields } from './fields.js';
import { isFolder } from './find-file.js';
import { inherit } from './inherited.js';
import { REFUSED, SUPPORTED } from './keywords.js';
import type { RoleContext } from './role.js';
import { argumentCheck } from './role-arguments.js';
import { roleFile, roleMeta, roleVariables } from './role-files.js';
import type { Session } from './session.js';
import type { Task, TaskNode } from './task.js';
import { TaskReader } from './task-reader.js';
import { checkValue } from './template-check.js';

/** What a role passes on to the roles that it depends on. */
interface Parent {
  readonly role: RoleContext;
  readonly parent?: Parent;
}

const merged = (...dicts: readonly Dict[]): Dict => new Map(dicts.flatMap((dict) => [...dict]));

// Templates compare by their text; the order of keys counts, as it was written.
const fingerprint = (value: Value): string =>
  JSON.stringify(value, (_key, item: unknown) => {
    if (item instanceof Template) return { template: item.text };
    if (item instanceof Map) return [...item];
    return typeof item === 'bigint' ? String(item) : item;
  });

/** Puts roles in place: dependencies first, each once for the same use of it. */
export class RoleReader implements World {
  readonly session: Session;
  readonly playbookDir: string;
  readonly tasks: TaskReader;
  /** Roles' handlers, in the roles' order. */
  readonly handlers: Task[] = [];
  readonly roles: RoleContext[] = [];
  readonly #exported: Dict[] = [];
  readonly #used = new Set<string>();
  readonly #handled = new Set<string>();
  readonly #flatten: (nodes: readonly TaskNode[]) => readonly Task[];

  constructor(session: Session, playbookDir: string, flatten: (nodes: readonly TaskNode[]) => readonly Task[]) {
    this.session = session;
    this.playbookDir = playbookDir;
    this.tasks = new TaskReader(this);
    this.#flatten = flatten;
  }

  /** `vars/` of all roles, later ones winning. */
  get exportedVars(): Dict {
    return merged(...this.#exported);
  }

  /** The tasks of a play's `roles:`. */
  async readRoles(nodes: readonly Node[], around: Around): Promise<readonly TaskNode[]> {
    const tasks: TaskNode[] = [];
    for (const node of nodes) tasks.push(...(await this.#readItem(node, around, undefined)).tasks);
    return tasks;
  }

  async importRole(use: RoleUse, around: Around): Promise<readonly TaskNode[]> {
    return (await this.#useRole(use, around, undefined)).tasks;
  }

  async #readItem(node: Node, around: Around, parent: Parent | undefined) {
    const none = { tasks: [], role: undefined };
    const { findings } = this.session;
    if (node.kind === 'map') {
      const fields = new Fields(node, findings);
      fields.checkKeywords('role', () => true);
      const name = fields.text('role') ?? fields.text('name');
      if (typeof name !== 'string') {
        findings.report('playbook-invalid', 'A role needs its name.', fields.position, 'Write "role: name".');
        return none;
      }
      const inner = {
        ...around,
        inherited: inherit(around.inherited, fields, { vars: false }),
        chain: this.session.id(around.chain, fields.position),
      };
      const params: Dict = new Map(
        [...(nodeToValue(node) as Dict)].filter(
          ([key]) => !SUPPORTED.role.includes(String(key)) && !REFUSED.has(String(key)),
        ),
      );
      checkValue(params, findings);
      const position = fields.place(fields.has('role') ? 'role' : 'name');
      return this.#useRole(
        { name, position, params, vars: fields.variables(), allowDuplicates: false, validate: true, from: {} },
        inner,
        parent,
      );
    }
    const name = nodeToValue(node);
    if (typeof name !== 'string') {
      findings.report('playbook-invalid', 'A role must be a name or a mapping with "role: name".', node.position);
      return none;
    }
    const nothing = new Map();
    const use = {
      name,
      position: node.position,
      params: nothing,
      vars: nothing,
      allowDuplicates: false,
      validate: true,
      from: {},
    };
    return this.#useRole(use, { ...around, chain: this.session.id(around.chain, node.position) }, parent);
  }

  async #useRole(use: RoleUse, around: Around, parent: Parent | undefined) {
    const none = { tasks: [] as readonly TaskNode[], role: undefined };
    const path = await this.#find(use, parent);
    if (path === undefined) return none;
    for (let up = parent; up; up = up.parent)
      if (up.role.path === path) {
        this.session.findings.report('playbook-invalid', `The role "${use.name}" depends on itself.`, use.position);
        return none;
      }
    return (
      (await this.session.findings.attemptAsync(use.position, () => this.#readRole(use, path, around, parent))) ?? none
    );
  }

  async #readRole(use: RoleUse, path: string, around: Around, parent: Parent | undefined) {
    const meta = await roleMeta(this.session, path);
    const own = await this.#context(use, path, parent);
    const tasks: TaskNode[] = [];
    const below: RoleContext[] = [];
    for (const node of meta.dependencies) {
      const dependency = await this.#readItem(node, around, { role: own.role, ...(parent ? { parent } : {}) });
      tasks.push(...dependency.tasks);
      if (dependency.role) below.push(dependency.role);
    }
    const role: RoleContext = {
      ...own.role,
      defaults: merged(...below.map((one) => one.defaults), own.role.defaults),
      vars: merged(...below.map((one) => one.vars), own.role.vars),
    };
    if (!this.#isRepeated(use, path, around, meta.allowDuplicates)) {
      this.roles.push(role);
      this.#exported.push(own.exported);
      tasks.push(...(await this.#tasksOf(use, path, { ...around, role })));
      await this.#readHandlers(use, path, { ...around, role });
    }
    return { tasks: tasks as readonly TaskNode[], role };
  }

  async #context(use: RoleUse, path: string, parent: Parent | undefined) {
    const exported = await roleVariables(this.session, path, 'vars', use.from.vars);
    const defaults = await roleVariables(this.session, path, 'defaults', use.from.defaults);
    const above = parent?.role;
    const empty: Dict = new Map();
    const role: RoleContext = {
      name: use.name,
      path,
      defaults: merged(above?.defaults ?? empty, defaults),
      vars: merged(above?.vars ?? empty, exported, use.params, use.vars),
      params: merged(above?.params ?? empty, use.params),
      parents: above ? [...above.parents, above.name] : [],
      parentPaths: above ? [...above.parentPaths, above.path] : [],
      position: use.position,
    };
    return { role, exported };
  }

  // The same role with the same parameters under the same conditions and tags runs once in a play.
  #isRepeated(use: RoleUse, path: string, around: Around, allowDuplicates: boolean): boolean {
    const when = around.inherited.when.map((condition) => condition.value);
    const key = fingerprint([path, use.params, use.vars, when, around.inherited.tags, fromPairs(use)]);
    if (!use.allowDuplicates && !allowDuplicates && this.#used.has(key)) return true;
    this.#used.add(key);
    return false;
  }

  async #tasksOf(use: RoleUse, path: string, around: Around): Promise<readonly TaskNode[]> {
    const file = await roleFile(path, 'tasks', use.from.tasks);
    if (file !== undefined) {
      const folders = [join(path, 'tasks'), this.playbookDir];
      const check = use.validate ? await argumentCheck(this.session, use, path, around) : [];
      return [...check, ...(await this.tasks.readFile(file, { ...around, level: 'task', folders }))];
    }
    if (use.from.tasks !== undefined)
      this.session.findings.report(
        'file-not-found',
        `The role "${use.name}" has no tasks/${use.from.tasks}.`,
        use.position,
      );
    return [];
  }

  async #readHandlers(use: RoleUse, path: string, around: Around): Promise<void> {
    const file = await roleFile(path, 'handlers', use.from.handlers);
    const key = fingerprint([file ?? '', use.params, use.vars]);
    if (file === undefined || this.#handled.has(key)) return;
    this.#handled.add(key);
    const folders = [join(path, 'handlers'), this.playbookDir];
    const nodes = await this.tasks.readFile(file, { ...around, level: 'handler', notify: [], folders });
    this.handlers.push(...this.#flatten(nodes));
  }

  async #find(use: RoleUse, parent: Parent | undefined): Promise<string | undefined> {
    const beside = parent ? [dirname(parent.role.path)] : [];
    const folders = [join(this.playbookDir, 'roles'), ...beside, ...this.session.options.rolesPath, this.playbookDir];
    const paths = isAbsolute(use.name) ? [use.name] : folders.map((folder) => join(folder, use.name));
    for (const path of paths) if (await isFolder(path)) return path;
    const names = await Promise.all(folders.slice(0, -1).map((folder) => readdir(folder).catch(() => [])));
    const looked = [...new Set(folders)].join(', ');
    const hint = didYouMean(use.name, names.flat()) ?? `Looked in ${looked}.`;
    this.session.findings.report('role-not-found', `There is no role "${use.name}".`, use.position, hint);
    return undefined;
  }
}

const fromPairs = (use: RoleUse): Value => Object.entries(use.from).flat();
