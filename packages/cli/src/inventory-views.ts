import { type Dict, Template, type Value } from '@ratchet/core';
import type { Inventory } from '@ratchet/inventory';
import { str } from '@ratchet/template';

/** What an answer of `ratchet inventory` is made from. */
export interface InventoryView {
  readonly inventory: Inventory;
  /** Variables where they were written, not merged onto hosts. */
  readonly exported: boolean;
  readonly extraVars: Dict;
  /** Hosts that are shown. */
  readonly shown: ReadonlySet<string>;
}

// What Ansible sets itself: never told as a host's variable.
const MAGIC: readonly Value[] = [
  'ansible_config_file',
  'ansible_diff_mode',
  'ansible_facts',
  'ansible_forks',
  'ansible_inventory_sources',
  'ansible_limit',
  'ansible_playbook_python',
  'ansible_run_tags',
  'ansible_skip_tags',
  'ansible_verbosity',
  'ansible_version',
  'group_names',
  'groups',
  'inventory_dir',
  'inventory_file',
  'inventory_hostname',
  'inventory_hostname_short',
  'omit',
  'playbook_dir',
];

const withoutMagic = (vars: Dict): Dict => {
  const hidden = MAGIC.filter((name) => vars.has(name));
  if (hidden.length === 0) return vars;
  const kept = new Map(vars);
  for (const name of hidden) kept.delete(name);
  return kept;
};

/** The variables of a host as they are shown. */
export const shownVars = ({ inventory, exported, extraVars }: InventoryView, host: string): Dict => {
  const vars = withoutMagic(exported ? inventory.ownVarsOf(host) : inventory.varsOf(host));
  return exported || extraVars.size === 0 ? vars : new Map([...vars, ...extraVars]);
};

const childrenOf = ({ inventory }: InventoryView, group: string): readonly string[] =>
  inventory.groups.get(group)?.children ?? [];

const hostsOf = ({ inventory, shown }: InventoryView, group: string): readonly string[] =>
  (inventory.groups.get(group)?.hosts ?? []).filter((host) => shown.has(host));

/** The answer to `--list`: `_meta` with all variables, then every group that is not empty. */
export const listView = (view: InventoryView): Dict => {
  const answer: Dict = new Map();
  const visit = (group: string): void => {
    if (answer.has(group)) return;
    const body: Dict = new Map();
    const children = childrenOf(view, group);
    const hosts = group === 'all' ? [] : hostsOf(view, group);
    if (hosts.length > 0) body.set('hosts', hosts);
    if (children.length > 0) body.set('children', children);
    const vars = view.exported ? withoutMagic(view.inventory.groupVarsOf(group)) : new Map();
    if (vars.size > 0) body.set('vars', vars);
    if (body.size > 0) answer.set(group, body);
    for (const child of children) visit(child);
  };
  visit('all');
  const variables: Dict = new Map();
  for (const host of view.inventory.hosts.keys()) {
    const vars = view.shown.has(host) ? shownVars(view, host) : new Map();
    if (vars.size > 0) variables.set(host, vars);
  }
  answer.set('_meta', new Map([['hostvars', variables]]));
  return answer;
};

const byCodePoint = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** The answer to `--list --yaml`: a tree below `all`; a host's variables stand where it is named first. */
export const treeView = (view: InventoryView): Dict => {
  const told = new Set<string>();
  const seen = new Set<string>();
  const visit = (group: string): Dict => {
    const body: Dict = new Map();
    const children: Dict = new Map();
    seen.add(group);
    for (const child of childrenOf(view, group))
      if (child !== 'all' && (child !== 'ungrouped' || hostsOf(view, child).length > 0))
        children.set(child, visit(child));
    if (children.size > 0) body.set('children', children);
    const hosts: Dict = new Map();
    for (const host of group === 'all' ? [] : hostsOf(view, group)) {
      hosts.set(host, told.has(host) ? new Map() : shownVars(view, host));
      told.add(host);
    }
    if (hosts.size > 0) body.set('hosts', hosts);
    const vars = view.exported ? withoutMagic(view.inventory.groupVarsOf(group)) : new Map();
    if (vars.size > 0) body.set('vars', vars);
    return body;
  };
  return new Map([['all', visit('all')]]);
};

const textOf = (value: Value): string => (value instanceof Template ? value.text : str(value));

const variableLines = (vars: Dict, lead: string): readonly string[] =>
  [...vars].map(([name, value]) => `${lead}  |--{${str(name)} = ${textOf(value)}}`).sort(byCodePoint);

/** The answer to `--graph`: groups and hosts below one group, as lines. */
export const graphView = (view: InventoryView, top: string, withVars: boolean): readonly string[] => {
  const visit = (group: string, depth: number): readonly string[] => {
    const lead = '  |'.repeat(depth);
    const lines = [depth === 0 ? `@${group}:` : `${lead}--@${group}:`];
    for (const child of childrenOf(view, group)) lines.push(...visit(child, depth + 1));
    if (group !== 'all')
      for (const host of hostsOf(view, group)) {
        lines.push(`${lead}  |--${host}`);
        if (withVars) lines.push(...variableLines(shownVars(view, host), `${lead}  |`));
      }
    if (withVars) lines.push(...variableLines(withoutMagic(view.inventory.groupVarsOf(group)), lead));
    return lines;
  };
  return visit(top, 0);
};
