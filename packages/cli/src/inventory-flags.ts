import { RatchetError } from '@ratchet/core';
import { Command } from 'commander';
import { collect, countUp, type HelpAsked, parseFlags } from './parse-flags.js';
import { declareVault, vaultSources } from './vault-options.js';
import type { VaultSources } from './vault-passwords.js';

export type InventoryAction = 'list' | 'host' | 'graph';

/** The flags of `ratchet inventory`, parsed; names and meanings are ansible-inventory's. */
export interface InventoryFlags extends VaultSources {
  readonly action: InventoryAction;
  /** The host of `--host`, the group of `--graph`. */
  readonly name?: string;
  readonly inventory: readonly string[];
  readonly limit?: string;
  readonly vars: boolean;
  readonly yaml: boolean;
  readonly exported: boolean;
  /** The file that `--list` writes instead of the screen. */
  readonly outputFile?: string;
  readonly playbookDir?: string;
  readonly extraVars: readonly string[];
  readonly verbosity: number;
}

const declare = (): Command =>
  declareVault(
    new Command('ratchet inventory')
      .argument('[group]', 'group for --graph')
      .option('--list', 'all groups and the variables of all hosts', false)
      .option('--host <host>', 'the variables of one host')
      .option('--graph', 'groups and hosts as a tree', false)
      .option('-i, --inventory <source>', 'inventory file, folder, script or "h1,h2," (repeatable)', collect, [])
      .option('--inventory-file <source>', 'the same as --inventory', collect, [])
      .option('-l, --limit <pattern>', 'only the hosts that match')
      .option('-y, --yaml', 'YAML instead of JSON', false)
      .option('--toml', 'refused: TOML is not written', false)
      .option('--vars', 'with --graph: variables too', false)
      .option('--export', 'with --list: variables where they were written', false)
      .option('--output <file>', 'with --list: write to this file')
      .option('--playbook-dir <folder>', 'its group_vars and host_vars count too')
      .option('-e, --extra-vars <vars>', 'variables: k=v, JSON, YAML or @file (repeatable)', collect, []),
  )
    .option('-v, --verbose', '-vvv also shows stacks of faults', countUp, 0)
    .helpOption('-h, --help', 'print this help')
    .allowExcessArguments(false);

const wrong = (message: string, hint: string): RatchetError => new RatchetError('option-invalid', message, { hint });

const ONE_OF = 'Give one of --list, --host HOST and --graph.';

const actionOf = (raw: Readonly<Record<string, unknown>>): InventoryAction => {
  const asked = (['list', 'host', 'graph'] as const).filter((name) => raw[name] !== undefined && raw[name] !== false);
  if (asked.length === 0) throw wrong('No action was asked for.', ONE_OF);
  if (asked.length > 1) throw wrong(`${asked.map((name) => `--${name}`).join(' and ')} exclude each other.`, ONE_OF);
  return asked[0] as InventoryAction;
};

const optional = (name: string, value: unknown): object => (value === undefined ? {} : { [name]: value });

/** Parses the arguments after `ratchet inventory`. Throws `usage` and `option-invalid` errors; `--help` gives the text. */
export const parseInventoryFlags = (args: readonly string[]): InventoryFlags | HelpAsked => {
  const parsed = parseFlags(declare(), args);
  if ('help' in parsed) return parsed;
  const { raw } = parsed;
  const lists = (...names: string[]): readonly string[] => names.flatMap((name) => raw[name] as readonly string[]);
  if (raw['toml'] === true) throw wrong('TOML is not written.', 'Leave --toml out for JSON, or give --yaml.');
  const action = actionOf(raw);
  return {
    action,
    inventory: lists('inventory', 'inventoryFile'),
    vars: raw['vars'] === true,
    yaml: raw['yaml'] === true,
    exported: raw['export'] === true,
    extraVars: lists('extraVars'),
    ...vaultSources(raw),
    verbosity: raw['verbose'] as number,
    ...optional('name', action === 'host' ? raw['host'] : parsed.args[0]),
    ...optional('limit', raw['limit']),
    ...optional('outputFile', raw['output']),
    ...optional('playbookDir', raw['playbookDir']),
  };
};
