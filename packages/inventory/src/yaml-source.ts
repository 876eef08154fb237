import { type Dict, didYouMean, type Position, type SourceFile, sourceError } from '@ratchet/core';
import { loadYaml, type MapNode, type Node, nodeToValue, type YamlOptions } from '@ratchet/source';
import type { CensusBuilder } from './builder.js';
import { pluginIn, readConstructed } from './constructed-source.js';

const KEYS = ['hosts', 'children', 'vars'];

const invalid = (message: string, position: Position, hint?: string) =>
  sourceError('inventory-invalid', message, position, { hint });

const isEmpty = (node: Node): boolean => node.kind === 'scalar' && node.value === null;

/** Entries of a mapping with text keys; an empty node has none. A single text stands for a mapping with that key. */
const entries = (
  node: Node,
  what: string,
  nameOf: (key: Node) => string = textOf,
): readonly { name: string; position: Position; value: Node }[] => {
  if (isEmpty(node)) return [];
  if (node.kind === 'scalar' && typeof node.value === 'string')
    return [
      { name: node.value, position: node.position, value: { kind: 'scalar', value: null, position: node.position } },
    ];
  if (node.kind !== 'map')
    throw invalid(`${what} must be a mapping.`, node.position, 'Write "name:" on a line of its own, without a dash.');
  return node.entries.map(({ key, value }) => ({ name: nameOf(key), position: key.position, value }));
};

const textOf = (key: Node): string => {
  if (key.kind === 'scalar' && typeof key.value === 'string') return key.value;
  if (key.kind === 'scalar' && (typeof key.value === 'number' || typeof key.value === 'bigint'))
    return String(key.value);
  throw invalid('A name must be a text.', key.position, 'Put it in quotes.');
};

/** The name of a host; a number is none, as in Ansible: `0101` would come to another name than the one that was written. */
const hostNameOf = (key: Node): string => {
  if (key.kind === 'scalar' && (typeof key.value === 'number' || typeof key.value === 'bigint'))
    throw invalid(`Host pattern ${key.value} must be a string, and is a number.`, key.position, 'Put it in quotes.');
  return textOf(key);
};

const variables = (node: Node, what: string): Dict => {
  if (isEmpty(node)) return new Map();
  if (node.kind !== 'map') throw invalid(`${what} must be a mapping.`, node.position, 'Write "name: value" lines.');
  return nodeToValue(node) as Dict;
};

const readGroup = (builder: CensusBuilder, name: string, body: Node, source: string): void => {
  builder.addGroup(name);
  for (const section of entries(body, `The group "${name}"`)) {
    if (section.name === 'vars')
      for (const [key, value] of variables(section.value, `The vars of "${name}"`))
        builder.setGroupVar(name, key, value);
    else if (section.name === 'children')
      for (const child of entries(section.value, `The children of "${name}"`)) {
        builder.addChild(name, child.name, child.position);
        readGroup(builder, child.name, child.value, source);
      }
    else if (section.name === 'hosts')
      for (const host of entries(section.value, `The hosts of "${name}"`, hostNameOf))
        builder.addHosts(host.name, name, variables(host.value, `The host "${host.name}"`), source, host.position);
    else
      throw invalid(
        `The group "${name}" has an unknown key "${section.name}".`,
        section.position,
        didYouMean(section.name, KEYS) ??
          'A group holds hosts, children and vars; a group of this name goes below children.',
      );
  }
};

const looksLikePlaybook = (root: Node): boolean =>
  root.kind === 'list' &&
  root.items.some(
    (item) =>
      item.kind === 'map' && item.entries.some(({ key }) => key.kind === 'scalar' && String(key.value) === 'hosts'),
  );

/** Reads a YAML (or JSON) inventory. Throws `inventory-invalid` and YAML errors with their places. */
export const readYamlSource = (builder: CensusBuilder, file: SourceFile, options: YamlOptions): void => {
  const root: Node | null = loadYaml(file, options);
  if (root === null) return;
  if (root.kind !== 'map')
    throw invalid(
      'An inventory must be a mapping of groups.',
      root.position,
      looksLikePlaybook(root)
        ? 'This looks like a playbook: ratchet run PLAYBOOK -i INVENTORY.'
        : 'Start it with "all:".',
    );
  const plugin = pluginIn(root);
  if (plugin) {
    readConstructed(builder, root, plugin);
    return;
  }
  for (const { key, value } of (root as MapNode).entries) {
    const name = textOf(key);
    if (KEYS.includes(name) && value.kind !== 'scalar')
      throw invalid(`"${name}" stands outside of a group.`, key.position, 'Indent it below a group such as "all:".');
    readGroup(builder, name, value, file.path);
  }
};
