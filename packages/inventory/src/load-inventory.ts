import { stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Dict, SourceFile } from '@ratchet/core';
import type { YamlOptions } from '@ratchet/source';
import { CensusBuilder } from './builder.js';
import { type GroupNames, GroupNaming } from './group-names.js';
import { Inventory, type ReadBeside } from './inventory.js';
import type { FileVars } from './layers.js';
import { isHostList, readInventorySource, readInventoryText } from './sources.js';
import { readVarsFolder } from './vars-files.js';

export interface InventoryOptions extends YamlOptions {
  /** The playbook's folder: its `group_vars` and `host_vars` count too. */
  readonly playbookDir?: string;
  /** What is done about names of groups that cannot be those of variables; nothing unless told. */
  readonly groupNames?: GroupNames;
}

const NO_FILES: FileVars = { groups: new Map(), hosts: new Map() };

/** The inventory that one YAML or INI text alone makes. Throws `inventory-invalid`, `vault` and YAML errors, with their places. */
export const inventoryOfText = (file: SourceFile, options: YamlOptions = {}): Inventory => {
  const builder = new CensusBuilder();
  readInventoryText(builder, file, options);
  return new Inventory(builder.finish(), NO_FILES, NO_FILES);
};

const folderOf = async (source: string): Promise<string> =>
  (await stat(source)).isDirectory() ? source : dirname(source);

const mergeInto = (target: Map<string, Dict>, more: ReadonlyMap<string, Dict>): void => {
  for (const [name, vars] of more) {
    const known = target.get(name);
    target.set(name, known ? new Map([...known, ...vars]) : vars);
  }
};

const readBeside = (
  folders: readonly string[],
  groupNames: readonly string[],
  hostNames: readonly string[],
  options: YamlOptions,
): FileVars => {
  const groups = new Map<string, Dict>();
  const hosts = new Map<string, Dict>();
  for (const folder of folders) {
    mergeInto(groups, readVarsFolder(join(folder, 'group_vars'), groupNames, options));
    mergeInto(hosts, readVarsFolder(join(folder, 'host_vars'), hostNames, options));
  }
  return { groups, hosts };
};

/**
 * Reads inventory sources in the order given (later ones win): YAML, JSON and INI files, scripts, folders of these, lists
 * `h1,h2,`; with the `group_vars` and `host_vars` beside them and beside the playbook.
 * Throws `file-not-found`, `inventory-invalid`, `vault` and YAML errors.
 */
export const loadInventory = async (sources: readonly string[], options: InventoryOptions = {}): Promise<Inventory> => {
  const naming = new GroupNaming(options.groupNames);
  const builder = new CensusBuilder(naming);
  for (const source of sources) await readInventorySource(builder, source, options);
  const census = builder.finish();
  const paths: string[] = [];
  for (const source of sources) if (!(await isHostList(source))) paths.push(source);
  const named = await Promise.all(paths.map(folderOf));
  const folders = [...new Map(named.map((folder) => [resolve(folder), folder])).values()];
  const beside = options.playbookDir === undefined ? [] : [options.playbookDir];
  const read: ReadBeside = async (groups, hosts) => [
    readBeside(folders, groups, hosts, options),
    readBeside(beside, groups, hosts, options),
  ];
  const hostNames = [...new Set([...census.hosts.keys(), 'localhost'])];
  const [besideSources, besidePlaybook] = await read([...census.groups.keys()], hostNames);
  const inventory = new Inventory(census, besideSources, besidePlaybook, read);
  inventory.warnings.push(...naming.warnings());
  return inventory;
};
