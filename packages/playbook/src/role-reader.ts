import { join, resolve } from 'node:path';
import { type Dict, Template, type Value } from '@ratchet/core';
import { type Node, nodeToValue } from '@ratchet/source';
import type { Around, RoleUse, World } from './around.js';
import { finishEarly } from './early-names.js';
import { Fields } from './fields.js';
import { findRole } from './find-role.js';
import type { Include, RolePart } from './include.js';
import { IncludeChecks } from './include-checks.js';
import { inherit } from './inherited.js';
import { REFUSED, SUPPORTED } from './keywords.js';
import type { PlayRole, RoleContext } from './role.js';
import { argumentCheck } from './role-arguments.js';
import { isInside, missingPart, roleFile, roleMeta, roleVariables } from './role-files.js';
import type { Session } from './session.js';
import type { Task, TaskNode } from './task.js';
import { TaskReader } from './task-reader.js';
import { checkValue } from './template-check.js';

/** What pulls a role in: the role around it, and the roles that depend on it, to refuse one that depends on itself. */
interface Parent {
  /** It, or what depends on it, stands in a play's `roles:`, and is no import. */
  readonly listed: boolean;
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
  /** Handlers of a play's `roles:`, in the roles' order. */
  readonly listedHandlers: Task[] = [];
  /** Handlers of imported roles: they stand behind the play's own. */
  readonly importedHandlers: Task[] = [];
  readonly checks: IncludeChecks;
  readonly #listed: PlayRole[] = [];
  readonly #imported: PlayRole[] = [];
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

  /** Each use of a role: those of `roles:` as they stand there, then imports, of which one that stands in another comes before that one. */
  get roles(): readonly PlayRole[] {
    return [...this.#listed, ...this.#imported];
  }

  /** The tasks of a play's `roles:`. */
  async readRoles(nodes: readonly Node[], around: Around): Promise<readonly TaskNode[]> {
    const tasks: TaskNode[] = [];
    for (const node of nodes)
      tasks.push(...(await this.#readItem(node, around, { listed: true, dependents: [] })).tasks);
    return tasks;
  }

  async importRole(use: RoleUse, around: Around): Promise<readonly TaskNode[]> {
    return (await this.#useRole(use, around, { listed: false, role: around.role, dependents: [] })).tasks;
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
    const missing = await missingPart(path, use.from);
    if (missing) this.#missing(use, path, missing);
    const meta = await roleMeta(this.session, path);
    const own = await this.#context(use, path, parent);
    const tasks: TaskNode[] = [];
    const below: PlayRole[] = [];
    for (const node of meta.dependencies) {
      const dependents = [...parent.dependents, path];
      const dependency = await this.#readItem(node, around, { listed: parent.listed, role: own.role, dependents });
      tasks.push(...dependency.tasks);
      if (dependency.role) below.push(dependency.role);
    }
    const role: RoleContext = {
      ...own.role,
      defaults: merged(...below.map((one) => one.role.defaults), own.role.defaults),
      // Of a dependency what its vars/ and its `vars` say is seen, not the parameters of its use; above what is inherited.
      vars: merged(own.inherited, ...below.map((one) => one.vars), own.vars),
    };
    const seen: PlayRole = {
      role,
      vars: merged(...below.map((one) => one.vars), own.exported),
      dependencies: below.flatMap((one) => [...one.dependencies, one.role]),
    };
    const once = !use.allowDuplicates && !meta.allowDuplicates;
    const key = keyOf(use, path);
    // Hosts tell whether they have the same use behind them: one of which all was skipped is done again.
    const inner = { ...around, role: once ? { ...role, once: key } : role };
    const again = once && this.#used.has(key);
    // As Ansible has them: what an imported role itself imports comes before its own.
    if (parent.listed && !again) await this.#readHandlers(use, path, inner, this.listedHandlers);
    const top = parent.dependents.length === 0;
    if (top && parent.listed) this.#listed.push(seen);
    const before = this.#imported.length;
    tasks.push(...(await this.#tasksOf(use, path, inner)));
    // What the same use imports counts once, as in Ansible, although the use itself counts again.
    if (again) this.#imported.length = before;
    if (!parent.listed && !again) await this.#readHandlers(use, path, inner, this.importedHandlers);
    if (top && !parent.listed) this.#imported.push(seen);
    this.#used.add(key);
    return { tasks: tasks as readonly TaskNode[], role: seen };
  }

  #missing(use: RoleUse, path: string, part: RolePart): void {
    const file = `${part}/${use.from[part]}`;
    this.session.findings.report(
      'file-not-found',
      isInside(join(path, part), resolve(path, file))
        ? `The role "${use.name}" has no ${file}.`
        : `${file} is no part of the role "${use.name}", as it is not inside the expected role path ${path}.`,
      use.position,
    );
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
    return check;
  }

  async #readHandlers(use: RoleUse, path: string, around: Around, into: Task[]): Promise<void> {
    const file = await roleFile(path, 'handlers', use.from.handlers);
    const key = fingerprint([file ?? '', use.params, use.vars]);
    if (file === undefined || this.#handled.has(key)) return;
    this.#handled.add(key);
    const folders = [join(path, 'handlers'), join(path, 'tasks'), this.playbookDir];
    const importing: readonly string[] = [];
    const nodes = await this.tasks.readFile(file, { ...around, level: 'handler', notify: [], folders, importing });
    into.push(...this.#flatten(nodes));
  }
}
