import { join, resolve } from 'node:path';
import { type Dict, Template, type Value } from '@ratchet/core';
import { type Node, nodeToValue } from '@ratchet/source';
import type { Around, RoleUse, World } from './around.js';
import { finishEarly } from './early-names.js';
import { Fields } from './fields.js';
import { findRole } from './find-role.js';
import type { Include } from './include.js';
import { IncludeChecks } from './include-checks.js';
import { inherit } from './inherited.js';
import { REFUSED, SUPPORTED } from './keywords.js';
import type { RoleContext } from './role.js';
import { argumentCheck } from './role-arguments.js';
import { isInside, roleFile, roleMeta, roleVariables } from './role-files.js';
import type { Session } from './session.js';
import type { Task, TaskNode } from './task.js';
import { TaskReader } from './task-reader.js';
import { checkValue } from './template-check.js';

/** What pulls a role in: the role around it, and the roles that depend on it, to refuse one that depends on itself. */
interface Parent {
  readonly role?: RoleContext | undefined;
  readonly dependents: readonly string[];
}

const merged = (...dicts: readonly Dict[]): Dict => new Map(dicts.flatMap((dict) => [...dict]));
const EMPTY: Dict = new Map();

// Templates compare by their text; the order of keys counts, as it was written.
const fingerprint = (value: Value): string =>
  JSON.stringify(value, (_key, item: unknown) => {
    if (item instanceof Template) return { template: item.text };
    if (item instanceof Map) return [...item];
    return typeof item === 'bigint' ? String(item) : item;
  });

// The same role with the same parameters and with conditions and tags of its own that are the same runs once in a play.
const keyOf = (use: RoleUse, path: string): string =>
  fingerprint([path, use.params, use.vars, use.own ?? [null, null], Object.entries(use.from).flat()]);

/** Puts roles in place: dependencies first, each once for the same use of it. */
export class RoleReader implements World {
  readonly session: Session;
  readonly playbookDir: string;
  readonly tasks: TaskReader;
  /** Roles' handlers, in the roles' order. */
  readonly handlers: Task[] = [];
  readonly roles: RoleContext[] = [];
  readonly checks: IncludeChecks;
  readonly #exported: Dict[] = [];
  readonly #givenBy = new WeakMap<RoleContext, Dict>();
  readonly #used = new Set<string>();
  readonly #handled = new Set<string>();
  readonly #flatten: (nodes: readonly TaskNode[]) => readonly Task[];

  constructor(
    session: Session,
    playbookDir: string,
    flatten: (nodes: readonly TaskNode[]) => readonly Task[],
    checks?: IncludeChecks,
  ) {
    this.session = session;
    this.playbookDir = playbookDir;
    this.tasks = new TaskReader(this);
    this.#flatten = flatten;
    this.checks = checks ?? new IncludeChecks((shared) => new RoleReader(session, playbookDir, flatten, shared));
  }

  /** `vars/` of all roles, later ones winning. */
  get exportedVars(): Dict {
    return merged(...this.#exported);
  }

  /** The tasks of a play's `roles:`. */
  async readRoles(nodes: readonly Node[], around: Around): Promise<readonly TaskNode[]> {
    const tasks: TaskNode[] = [];
    for (const node of nodes) tasks.push(...(await this.#readItem(node, around, { dependents: [] })).tasks);
    return tasks;
  }

  async importRole(use: RoleUse, around: Around): Promise<readonly TaskNode[]> {
    return (await this.#useRole(use, around, { role: around.role, dependents: [] })).tasks;
  }

  readFile(path: string, around: Around): Promise<readonly TaskNode[]> {
    return this.tasks.readFile(path, around);
  }

  checkInclude(include: Include, task: Task): Promise<void> {
    return this.checks.check(include, task);
  }

  async #readItem(node: Node, around: Around, parent: Parent) {
    const none = { tasks: [], role: undefined };
    const { findings } = this.session;
    const use = {
      params: EMPTY,
      vars: EMPTY,
      allowDuplicates: false,
      validate: true,
      from: {},
      position: node.position,
    };
    if (node.kind === 'map') {
      const fields = new Fields(node, findings);
      fields.checkKeywords('role', () => true);
      const written = fields.text('role') ?? fields.text('name');
      if (written === undefined)
        findings.report('playbook-invalid', 'A role needs its name.', fields.position, 'Write "role: name".');
      const name = written && finishEarly(written, around, EMPTY, this.session);
      if (!name) return none;
      const inner = {
        ...around,
        inherited: inherit(around.inherited, fields, { vars: false, catalogue: this.session.options.catalogue }),
        chain: this.session.id(around.chain, fields.position),
      };
      const params: Dict = new Map(
        [...(nodeToValue(node) as Dict)].filter(
          ([key]) => !SUPPORTED.role.includes(String(key)) && !REFUSED.has(String(key)),
        ),
      );
      checkValue(params, findings);
      const position = fields.place(fields.has('role') ? 'role' : 'name');
      const own = ['when', 'tags'].map((keyword) => (nodeToValue(node) as Dict).get(keyword) ?? null);
      return this.#useRole({ ...use, name, position, params, vars: fields.variables(), own }, inner, parent);
    }
    const written = nodeToValue(node);
    if (typeof written !== 'string' && !(written instanceof Template)) {
      findings.report('playbook-invalid', 'A role must be a name or a mapping with "role: name".', node.position);
      return none;
    }
    const name = finishEarly(written, around, EMPTY, this.session);
    if (name === undefined) return none;
    return this.#useRole({ ...use, name }, { ...around, chain: this.session.id(around.chain, node.position) }, parent);
  }

  async #useRole(use: RoleUse, around: Around, parent: Parent) {
    const none = { tasks: [] as readonly TaskNode[], role: undefined };
    const path = await findRole(this.session, this.playbookDir, use, parent.role, around.inherited.collections ?? []);
    if (path === undefined) return none;
    if (parent.dependents.includes(path)) {
      this.session.findings.report('playbook-invalid', `The role "${use.name}" depends on itself.`, use.position);
      return none;
    }
    return (
      (await this.session.findings.attemptAsync(use.position, () => this.#readRole(use, path, around, parent))) ?? none
    );
  }

  async #readRole(use: RoleUse, path: string, around: Around, parent: Parent) {
    const meta = await roleMeta(this.session, path);
    const own = await this.#context(use, path, parent);
    const tasks: TaskNode[] = [];
    const below: RoleContext[] = [];
    for (const node of meta.dependencies) {
      const dependents = [...parent.dependents, path];
      const dependency = await this.#readItem(node, around, { role: own.role, dependents });
      tasks.push(...dependency.tasks);
      if (dependency.role) below.push(dependency.role);
    }
    const role: RoleContext = {
      ...own.role,
      defaults: merged(...below.map((one) => one.defaults), own.role.defaults),
      // Of a dependency what its vars/ and its `vars` say is seen, not the parameters of its use; above what is inherited.
      vars: merged(own.inherited, ...below.map((one) => this.#givenBy.get(one) ?? EMPTY), own.vars),
    };
    this.#givenBy.set(role, merged(...below.map((one) => this.#givenBy.get(one) ?? EMPTY), own.exported));
    const once = !use.allowDuplicates && !meta.allowDuplicates;
    const key = keyOf(use, path);
    // Hosts tell whether they have the same use behind them: one of which all was skipped is done again.
    const inner = { ...around, role: once ? { ...role, once: key } : role };
    if (!(once && this.#used.has(key))) {
      this.roles.push(role);
      this.#exported.push(own.exported);
      await this.#readHandlers(use, path, inner);
    }
    tasks.push(...(await this.#tasksOf(use, path, inner)));
    this.#used.add(key);
    return { tasks: tasks as readonly TaskNode[], role };
  }

  async #context(use: RoleUse, path: string, { role: above, dependents }: Parent) {
    const exported = await roleVariables(this.session, path, 'vars', use.from.vars);
    const defaults = await roleVariables(this.session, path, 'defaults', use.from.defaults);
    const inherited = above?.vars ?? EMPTY;
    const dependency = dependents.length > 0;
    const vars = merged(exported, use.params, use.vars);
    const role: RoleContext = {
      name: use.name,
      path,
      defaults: merged(above?.defaults ?? EMPTY, defaults),
      vars: merged(inherited, vars),
      params: merged(above?.params ?? EMPTY, use.params),
      parentPaths: above ? [...above.parentPaths, above.path] : [],
      includedIn: above ? [...above.includedIn, ...(dependency ? [] : [{ name: above.name, path: above.path }])] : [],
      dependency,
      position: use.position,
    };
    // As Ansible documents it, a `vars` beside a role's name is seen by the whole play, as its vars/ are.
    return { role, inherited, vars, exported: merged(exported, use.vars) };
  }

  async #tasksOf(use: RoleUse, path: string, around: Around): Promise<readonly TaskNode[]> {
    const file = await roleFile(path, 'tasks', use.from.tasks);
    if (file !== undefined && around.importing.includes(resolve(file))) {
      this.session.findings.report('playbook-invalid', `The role "${use.name}" imports itself.`, use.position);
      return [];
    }
    // A role without tasks may still say what it takes.
    const checked = use.validate && (file !== undefined || use.from.tasks === undefined);
    const check = checked ? await argumentCheck(this.session, use, path, around) : [];
    if (file !== undefined) {
      const folders = [join(path, 'tasks'), this.playbookDir];
      const level = around.level === 'handler' ? 'handler' : 'task';
      return [...check, ...(await this.tasks.readFile(file, { ...around, level, folders }))];
    }
    if (use.from.tasks !== undefined)
      this.session.findings.report(
        'file-not-found',
        isInside(join(path, 'tasks'), resolve(path, 'tasks', use.from.tasks))
          ? `The role "${use.name}" has no tasks/${use.from.tasks}.`
          : `tasks/${use.from.tasks} is no part of the role "${use.name}", as it is not inside the expected role path ${path}.`,
        use.position,
      );
    return check;
  }

  async #readHandlers(use: RoleUse, path: string, around: Around): Promise<void> {
    const file = await roleFile(path, 'handlers', use.from.handlers);
    const key = fingerprint([file ?? '', use.params, use.vars]);
    if (file === undefined || this.#handled.has(key)) return;
    this.#handled.add(key);
    const folders = [join(path, 'handlers'), join(path, 'tasks'), this.playbookDir];
    const importing: readonly string[] = [];
    const nodes = await this.tasks.readFile(file, { ...around, level: 'handler', notify: [], folders, importing });
    this.handlers.push(...this.#flatten(nodes));
  }
}
