import { resolve } from 'node:path';
import { type Dict, lineAndColumn, type ModuleCatalogue, type Position, type SourceFile } from '@ratchet/core';
import { loadYaml, type Node, projectPath, readSource, type YamlOptions } from '@ratchet/source';
import { Findings } from './findings.js';
import { checkValue } from './template-check.js';
import { variablesIn } from './vars-file.js';

export interface LoadOptions extends YamlOptions {
  readonly catalogue: ModuleCatalogue;
  /** Folders in which roles are looked for, after the playbook's `roles/`. */
  readonly rolesPath: readonly string[];
  /** Folders that hold `ansible_collections`. */
  readonly collectionsPath?: readonly string[];
  /** For the names of imports. */
  readonly extraVars?: Dict;
  /** The tags asked for and left out: a task that they rule out may use a module that is not supported. */
  readonly tags?: readonly string[];
  readonly skipTags?: readonly string[];
}

type Files = Map<string, { readonly file: SourceFile; readonly node: Node | null }>;

/** What one loading shares: options, findings, files read, ids given. */
export class Session {
  readonly options: LoadOptions;
  readonly findings = new Findings();
  readonly #files: Files;
  readonly #ids = new Map<string, number>();

  constructor(options: LoadOptions, files: Files = new Map()) {
    this.options = options;
    this.#files = files;
  }

  /** A session that shares the files read, with findings and ids of its own. */
  fresh(): Session {
    return new Session(this.options, this.#files);
  }

  get files(): readonly SourceFile[] {
    return [...this.#files.values()].map((entry) => entry.file);
  }

  /** Takes a text for the content of a file, so that none is read. */
  know(file: SourceFile): void {
    this.#files.set(resolve(file.path), { file, node: loadYaml(file, this.options) });
  }

  /** The YAML of a file, read once. */
  async read(path: string): Promise<{ readonly file: SourceFile; readonly node: Node | null }> {
    const key = resolve(path);
    const known = this.#files.get(key);
    if (known) return known;
    const file = await readSource(path);
    const entry = { file, node: loadYaml(file, this.options) };
    this.#files.set(key, entry);
    return entry;
  }

  /** The variables of a file, for the checks of what is written in them. */
  async readVariables(path: string): Promise<Dict> {
    const { node } = await this.read(path);
    const vars = variablesIn(node);
    checkValue(vars, this.findings);
    return vars;
  }

  /**
   * An id below another: the place's `file:line`, with a number when that was given before. The file is named from the working folder, however
   * it was given, so that a run that is gone on with knows its steps again.
   */
  id(parent: string, position: Position): string {
    const line = `${projectPath(position.file.path)}:${lineAndColumn(position).line}`;
    const id = parent === '' ? line : `${parent} > ${line}`;
    const count = (this.#ids.get(id) ?? 0) + 1;
    this.#ids.set(id, count);
    return count === 1 ? id : `${id}#${count}`;
  }
}
