import { type Dict, didYouMean, type Position, RatchetError, sourceError, type Value } from '@ratchet/core';
import { type MapNode, type Node, nodeToValue } from '@ratchet/source';
import { equals, layeredScope, str, Templar, truthy } from '@ratchet/template';
import type { CensusBuilder } from './builder.js';
import type { Host } from './host.js';
import { mergedVars } from './layers.js';

const NAMES = ['constructed', 'ansible.builtin.constructed'];
const KEYS = [
  'plugin',
  'strict',
  'compose',
  'groups',
  'keyed_groups',
  'leading_separator',
  'use_vars_plugins',
  'use_extra_vars',
];
const KEYED = ['key', 'prefix', 'separator', 'parent_group', 'default_value', 'trailing_separator'];
const NO_FILES = { groups: new Map<string, Dict>(), hosts: new Map<string, Dict>() };

const invalid = (message: string, position: Position, hint?: string) =>
  sourceError('inventory-invalid', message, position, { hint });

interface Entry {
  readonly value: Value;
  readonly position: Position;
  readonly node: Node;
}

/** The entries of a mapping by name; names that are not known are refused. */
const entriesOf = (node: Node, what: string, known?: readonly string[]): ReadonlyMap<string, Entry> => {
  if (node.kind === 'scalar' && node.value === null) return new Map();
  if (node.kind !== 'map') throw invalid(`${what} must be a mapping.`, node.position, 'Write "name: value" lines.');
  return new Map(
    node.entries.map(({ key, value }) => {
      const name = str(nodeToValue(key));
      if (known && !known.includes(name))
        throw invalid(`${what} has an unknown key "${name}".`, key.position, didYouMean(name, known));
      return [name, { value: nodeToValue(value), position: value.position, node: value }] as const;
    }),
  );
};

/** A name that Ansible takes for a group: what is no letter, digit or underscore, and a digit in front, become `_`. */
const groupName = (text: string): string => text.replace(/^[\d\P{L}]|[^\p{L}\p{N}_]/gu, '_');

/** What becomes of an expression: its value, or nothing where it failed and failures are passed over. */
type Evaluate = (expression: Entry) => Value | undefined;

interface Keyed {
  readonly key: Entry;
  readonly prefix: string;
  readonly separator: string;
  readonly parent: Entry | undefined;
  readonly defaultValue: string | undefined;
  readonly trailing: boolean;
  readonly position: Position;
}

const textIn = (entries: ReadonlyMap<string, Entry>, name: string): string | undefined => {
  const found = entries.get(name);
  return found === undefined || found.value === null ? undefined : str(found.value);
};

const keyedOf = (node: Node, leading: boolean): Keyed => {
  const entries = entriesOf(node, 'An entry of keyed_groups', KEYED);
  const key = entries.get('key');
  if (!key) throw invalid('An entry of keyed_groups has no key.', node.position, 'Write key: and an expression.');
  const prefix = textIn(entries, 'prefix') ?? '';
  const separator = prefix === '' && !leading ? '' : (textIn(entries, 'separator') ?? '_');
  const defaultValue = textIn(entries, 'default_value');
  const trailing = truthy(entries.get('trailing_separator')?.value ?? true);
  if (defaultValue !== undefined && entries.has('trailing_separator'))
    throw invalid('default_value and trailing_separator exclude each other.', node.position, 'Leave one of them out.');
  return {
    key,
    prefix,
    separator,
    parent: entries.get('parent_group'),
    defaultValue,
    trailing,
    position: node.position,
  };
};

/** The names that a value gives: a text one, a list one for each item, a mapping `name_value`. */
const namesFrom = ({ separator, defaultValue, trailing, position }: Keyed, value: Value): readonly string[] => {
  const orDefault = (text: string): string => (text === '' && defaultValue !== undefined ? defaultValue : text);
  if (typeof value === 'string') return [orDefault(value)];
  if (Array.isArray(value)) return value.map((item) => orDefault(str(item)));
  if (value instanceof Map)
    return [...value].map(([name, one]) => {
      const text = orDefault(str(one));
      return text === '' && !trailing ? str(name) : `${str(name)}${separator}${text}`;
    });
  throw invalid('The key of a keyed group must come to a text, a list or a mapping.', position);
};

/** True when a group came to be below another that was not there before. */
const joinKeyed = (builder: CensusBuilder, host: string, keyed: Keyed, evaluate: Evaluate): boolean => {
  const value = evaluate(keyed.key);
  const isNothing = value === undefined || equals(value, '') || !truthy(value);
  if (isNothing && keyed.defaultValue === undefined) return false;
  let nested = false;
  for (const bare of namesFrom(keyed, isNothing ? '' : (value as Value))) {
    const name = groupName(`${keyed.prefix}${keyed.separator}${bare}`);
    builder.joinHost(host, name);
    if (!keyed.parent) continue;
    const parent = groupName(str(keyed.parent.value));
    builder.addGroup(parent);
    nested = builder.addChild(parent, name, keyed.position) || nested;
  }
  return nested;
};

const evaluator =
  (layers: readonly Dict[], strict: boolean): Evaluate =>
  ({ value, position }) => {
    try {
      return new Templar(layeredScope(layers)).expression(str(value), position);
    } catch (thrown) {
      if (!strict && thrown instanceof RatchetError) return undefined;
      throw thrown;
    }
  };

const magicOf = (host: Host): Dict =>
  new Map<Value, Value>([
    ['inventory_hostname', host.name],
    ['inventory_hostname_short', host.name.split('.')[0] as string],
    ['group_names', host.groups.filter((name) => name !== 'all').sort()],
  ]);

/** Whether a YAML file is one of an inventory plugin. */
export const pluginIn = (root: MapNode): Entry | undefined => {
  const found = root.entries.find(({ key }) => key.kind === 'scalar' && key.value === 'plugin');
  if (found?.value.kind !== 'scalar' || typeof found.value.value !== 'string') return undefined;
  return { value: found.value.value, position: found.value.position, node: found.value };
};

/**
 * Variables and groups made of what the sources before say of each host (`plugin: constructed`): `compose`, `groups`, `keyed_groups`.
 * An expression that fails is passed over, unless `strict` is set. Throws `inventory-invalid`, also for any other plugin.
 */
export const readConstructed = (builder: CensusBuilder, root: MapNode, plugin: Entry): void => {
  if (!NAMES.includes(str(plugin.value)))
    throw invalid(
      `The inventory plugin "${str(plugin.value)}" is not supported.`,
      plugin.position,
      'Only constructed is. Write a script that prints the inventory, or a file that ansible-inventory --list has made.',
    );
  const settings = entriesOf(root, 'A constructed inventory', KEYS);
  const flag = (name: string, otherwise: boolean): boolean => truthy(settings.get(name)?.value ?? otherwise);
  for (const name of ['use_vars_plugins', 'use_extra_vars'])
    if (flag(name, false))
      throw invalid(`${name} is not supported.`, settings.get(name)?.position as Position, 'Leave it out.');
  const strict = flag('strict', false);
  const section = (name: string) => entriesOf(settings.get(name)?.node ?? NOTHING(root), name);
  const compose = section('compose');
  const groups = section('groups');
  const keyedNode = settings.get('keyed_groups')?.node;
  if (keyedNode && keyedNode.kind !== 'list' && !(keyedNode.kind === 'scalar' && keyedNode.value === null))
    throw invalid('keyed_groups must be a list.', keyedNode.position);
  const keyed = (keyedNode?.kind === 'list' ? keyedNode.items : []).map((node) =>
    keyedOf(node, flag('leading_separator', true)),
  );
  // What a host says hangs on other hosts only by how groups stand in each other.
  let census = builder.copy().finish();
  for (const host of [...census.hosts.values()]) {
    const magic = magicOf(host);
    const said = mergedVars(census, host, NO_FILES, NO_FILES);
    const before = evaluator([magic, said], strict);
    const composed: Dict = new Map();
    for (const [name, expression] of compose) {
      const value = before(expression);
      if (value !== undefined) composed.set(name, value);
    }
    for (const [name, value] of composed) builder.setHostVar(host.name, str(name), value);
    const after = evaluator([magic, composed, said], strict);
    for (const [name, condition] of groups) {
      const value = after(condition);
      if (value !== undefined && truthy(value)) builder.joinHost(host.name, groupName(name));
    }
    const nested = keyed.map((one) => joinKeyed(builder, host.name, one, after));
    if (nested.includes(true)) census = builder.copy().finish();
  }
};

const NOTHING = (root: MapNode): Node => ({ kind: 'scalar', value: null, position: root.position });
