import { placeName, Template } from '@ratchet/core';
import type { Around, RoleUse } from './around.js';
import { findFile } from './find-file.js';
import { findRole } from './find-role.js';
import type { Include, RolePart } from './include.js';
import { missingPart } from './role-files.js';
import type { RoleReader } from './role-reader.js';
import type { Task, TaskNode } from './task.js';

// With a condition it may be meant for another host than these, or for another day.
const isConditional = (task: Task): boolean => task.when.length > 0 || task.loop !== undefined;

const isThere = async (reader: RoleReader, use: RoleUse, around: Around): Promise<boolean> => {
  const collections = around.inherited.collections ?? [];
  const path = await findRole(reader.session.fresh(), reader.playbookDir, use, around.role, collections);
  return path !== undefined && (await missingPart(path, use.from)) === undefined;
};

/**
 * Looks into includes before the run: what their names say already is read and checked, once for each place. What it finds of
 * handlers and tasks counts where names of handlers are checked.
 */
export class IncludeChecks {
  readonly handlers: Task[] = [];
  readonly nodes: TaskNode[] = [];
  /** An include whose name is only known in the run may bring any handler. */
  open = false;
  readonly #makeReader: (checks: IncludeChecks) => RoleReader;
  readonly #seen = new Set<string>();

  constructor(makeReader: (checks: IncludeChecks) => RoleReader) {
    this.#makeReader = makeReader;
  }

  async check(include: Include, task: Task): Promise<void> {
    const name = include.kind === 'tasks' ? include.file : include.role;
    const parts = include.kind === 'role' ? Object.values(include.from) : [];
    if ([name, ...parts].some((text) => text instanceof Template)) {
      if (include.kind === 'role') this.open = true;
      return;
    }
    const key = `${include.around.role?.path ?? ''} ${placeName(include.position)}`;
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    const reader = this.#makeReader(this);
    const { findings } = reader.session;
    const { around } = include;
    if (include.kind === 'role') {
      const from = include.from as Readonly<Partial<Record<RolePart, string>>>;
      const use = {
        name: String(name),
        position: include.position,
        params: new Map(),
        vars: new Map(),
        allowDuplicates: true,
        validate: true,
        from,
      };
      if (isConditional(task) && !(await isThere(reader, use, around))) {
        this.open = true;
        return;
      }
      this.nodes.push(...(await reader.importRole(use, around)));
      this.handlers.push(...reader.importedHandlers);
      return;
    }
    const path = await findFile(String(name), around.folders);
    if (path !== undefined) {
      const nodes = await findings.attemptAsync(include.position, () => reader.readFile(path, around));
      this.nodes.push(...(nodes ?? []));
    } else if (!isConditional(task)) {
      const hint = `Looked in ${around.folders.join(', ')}.`;
      findings.report('file-not-found', `There is no task file ${String(name)}.`, include.position, hint);
    }
  }
}
