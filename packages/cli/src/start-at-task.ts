import { RatchetError, Template } from '@ratchet/core';
import { type Play, type Playbook, type Task, type TaskNode, tagsSelect } from '@ratchet/playbook';

/** Which tasks count. */
export interface TagChoice {
  readonly tags: readonly string[];
  readonly skipTags: readonly string[];
}

const globPattern = (glob: string): RegExp =>
  new RegExp(
    `^${glob
      .replace(/[.+^${}()|\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
    's',
  );

/** The name of a task as it was written, its module's name where it has none. */
export const taskName = (task: Task): string => {
  if (task.name instanceof Template) return task.name.text;
  return task.name ?? task.action.name;
};

/** A task's name with its role's before it, as listings and output show it. */
export const fullName = (task: Task): string => (task.role ? `${task.role.name} : ${taskName(task)}` : taskName(task));

/**
 * The playbooks without what stands before the first task of this name (or glob), as `--start-at-task` runs them: tasks that tags leave
 * out do not count. Throws a usage error when no task has the name.
 */
export const startingAt = (playbooks: readonly Playbook[], name: string, choice: TagChoice): readonly Playbook[] => {
  const pattern = globPattern(name);
  let found = false;
  const isIt = (task: Task): boolean =>
    tagsSelect(task.tags, choice.tags, choice.skipTags) &&
    [taskName(task), fullName(task)].some((text) => text === name || pattern.test(text));
  const from = (nodes: readonly TaskNode[]): readonly TaskNode[] =>
    nodes.flatMap((node): readonly TaskNode[] => {
      if (found) return [node];
      if (node.kind === 'task') {
        found = isIt(node);
        return found ? [node] : [];
      }
      const body = from(node.body);
      return found ? [{ ...node, body }] : [];
    });
  const fromPlay = (play: Play): readonly Play[] => {
    if (found) return [play];
    const sections = play.sections.map((section) => ({ ...section, body: from(section.body) }));
    return found ? [{ ...play, sections }] : [];
  };
  const kept = playbooks.map((playbook) => ({ ...playbook, plays: playbook.plays.flatMap(fromPlay) }));
  if (found) return kept;
  throw new RatchetError('usage', `No task is named "${name}".`, {
    hint: 'ratchet run --list-tasks shows all of them.',
  });
};
