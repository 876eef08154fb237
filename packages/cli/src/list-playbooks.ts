import { type Dict, RatchetError, Template, toPlain, type Value } from '@ratchet/core';
import type { Inventory } from '@ratchet/inventory';
import { type Play, type Playbook, type Task, type TaskNode, tagsSelect } from '@ratchet/playbook';
import { layeredScope, Templar } from '@ratchet/template';
import type { Listing } from './run-flags.js';
import { fullName, type TagChoice } from './start-at-task.js';

const groupsOf = (inventory: Inventory): Dict =>
  new Map([...inventory.groups.keys()].map((group) => [group, [...inventory.hostsOfGroup(group)]]));

// Prompts are not asked here: their defaults stand.
const templarOf = (play: Play, extraVars: Dict, inventory: Inventory): Templar => {
  const fallbacks: Dict = new Map(play.varsPrompt.map(({ name, fallback }) => [name, fallback ?? null]));
  const groups: Dict = new Map([['groups', groupsOf(inventory)]]);
  return new Templar(
    layeredScope([groups, extraVars, play.roleVars, play.writtenFileVars, fallbacks, play.vars, play.roleDefaults]),
  );
};

/** The hosts and the name of a play with what is known before a run. Throws as a template does. */
const finished = (play: Play, extraVars: Dict, inventory: Inventory): Play & { readonly name: string } => {
  const templar = templarOf(play, extraVars, inventory);
  const hosts = templar.finish(play.hosts);
  return { ...play, hosts, name: titleOf(play, templar) ?? patternsOf(hosts).join(',') };
};

/** A name that cannot be told here stands as it is written. */
const titleOf = ({ name }: Play, templar: Templar): string | undefined => {
  if (!(name instanceof Template)) return name;
  try {
    return textOf(templar.finish(name));
  } catch (thrown) {
    if (thrown instanceof RatchetError) return name.text;
    throw thrown;
  }
};

const textOf = (value: Value): string => (value instanceof Template ? value.text : String(toPlain(value)));

const patternsOf = (hosts: Value): readonly string[] => (Array.isArray(hosts) ? hosts.map(textOf) : [textOf(hosts)]);

// As Ansible lists it: without its role where it has no name.
const listedName = (task: Task): string => (task.name === undefined ? task.action.name : fullName(task));

const tagList = (tags: Iterable<string>): string => `TAGS: [${[...new Set(tags)].sort().join(', ')}]`;

/** The tasks of a body that tags let run; of blocks, as Ansible lists them, not the rescue and always parts. */
const tasksIn = (nodes: readonly TaskNode[], choice: TagChoice): readonly Task[] =>
  nodes.flatMap((node) => {
    if (node.kind === 'block') return tasksIn(node.body, choice);
    return tagsSelect(node.tags, choice.tags, choice.skipTags) ? [node] : [];
  });

const hostLines = (play: Play, inventory: Inventory, limit: string | undefined): readonly string[] => {
  const patterns = patternsOf(play.hosts);
  const matched = inventory.match(patterns.join(','));
  const kept = limit === undefined ? undefined : new Set(inventory.match(limit));
  const hosts = kept ? matched.filter((host) => kept.has(host)) : matched;
  const shown = patterns.map((pattern) => `'${pattern}'`).join(', ');
  return [`    pattern: [${shown}]`, `    hosts (${hosts.length}):`, ...hosts.map((host) => `      ${host}`)];
};

/** What `--list-hosts`, `--list-tasks`, `--list-tags` and `--syntax-check` print, as ansible-playbook writes it. */
export const listPlaybooks = (
  playbooks: readonly Playbook[],
  listings: readonly Listing[],
  inventory: Inventory,
  limit: string | undefined,
  choice: TagChoice,
  extraVars: Dict = new Map(),
): string => {
  const lines: string[] = [];
  const onlySyntax = listings.every((listing) => listing === 'syntax-check');
  for (const playbook of playbooks) {
    lines.push('', `playbook: ${playbook.file.path}`);
    for (const [index, written] of onlySyntax ? [] : playbook.plays.entries()) {
      const play = finished(written, extraVars, inventory);
      const pattern = patternsOf(play.hosts).join(',');
      lines.push('', `  play #${index + 1} (${pattern}): ${play.name}\t${tagList(play.tags)}`);
      const tasks = play.sections.flatMap(({ body }) => tasksIn(body, choice));
      if (listings.includes('list-hosts')) lines.push(...hostLines(play, inventory, limit));
      if (listings.includes('list-tasks')) {
        lines.push('    tasks:');
        for (const task of tasks) lines.push(`      ${listedName(task)}\t${tagList(task.tags)}`);
      }
      if (listings.includes('list-tags')) lines.push(`      TASK ${tagList(tasks.flatMap(({ tags }) => tags))}`);
    }
  }
  return `${lines.join('\n')}\n`;
};
