import { resolve } from 'node:path';
import { type ModuleCatalogue, type Position, placeName, type SourceFile } from '@ratchet/core';
import { loadYaml, type Node, readSource, type YamlOptions } from '@ratchet/source';
import { Findings } from './findings.js';

export interface LoadOptions extends YamlOptions {
  readonly catalogue: ModuleCatalogue;
  /** Folders in which roles are looked for, after the playbook's `roles/`. */
  readonly rolesPath: readonly string[];
}

/** What one loading shares: options, findings, files read, ids given. */
export class Session {
  readonly options: LoadOptions;
  readonly findings = new Findings();
  readonly #files = new Map<string, { readonly file: SourceFile; readonly node: Node | null }>();
  readonly #ids = new Map<string, number>();

  constructor(options: LoadOptions) {
    this.options = options;
  }

  get files(): readonly SourceFile[] {
    return [...this.#files.values()].map((entry) => entry.file);
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

  /** An id below another: the place's `file:line`, with a number when that was given before. */
  id(parent: string, position: Position): string {
    const line = placeName(position).replace(/:\d+$/, '');
    const id = parent === '' ? line : `${parent} > ${line}`;
    const count = (this.#ids.get(id) ?? 0) + 1;
    this.#ids.set(id, count);
    return count === 1 ? id : `${id}#${count}`;
  }
}
