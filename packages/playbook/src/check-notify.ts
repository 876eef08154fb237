import { didYouMean, Template } from '@ratchet/core';
import type { Findings } from './findings.js';
import type { Section } from './play.js';
import type { Task, TaskNode } from './task.js';

const tasksIn = (nodes: readonly TaskNode[]): readonly Task[] =>
  nodes.flatMap((node) =>
    node.kind === 'task' ? [node] : [...tasksIn(node.body), ...tasksIn(node.rescue), ...tasksIn(node.always)],
  );

const namesOf = (handler: Task): readonly (string | Template)[] => {
  const own = handler.name === undefined ? [] : [handler.name];
  const withRole = typeof handler.name === 'string' && handler.role ? [`${handler.role.name} : ${handler.name}`] : [];
  return [...own, ...withRole, ...handler.listen];
};

// A templated name can become any text that has its fixed parts.
const couldBe = (template: Template, name: string): boolean => {
  const parts = template.text.split(/\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}/s);
  const pattern = parts.map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.*');
  return new RegExp(`^(?:.* : )?${pattern}$`, 's').test(name);
};

/** Reports every `notify` that names no handler and no topic, as far as names are written out. */
export const checkNotify = (sections: readonly Section[], handlers: readonly Task[], findings: Findings): void => {
  const names = handlers.flatMap(namesOf);
  const fixed = new Set(names.filter((name) => typeof name === 'string'));
  const templates = names.filter((name) => name instanceof Template);
  const seen = new Set<unknown>();
  for (const task of [...sections.flatMap((section) => tasksIn(section.body)), ...handlers])
    for (const placed of task.notify) {
      const { value, position } = placed;
      if (seen.has(placed) || typeof value !== 'string' || fixed.has(value)) continue;
      if (templates.some((template) => couldBe(template, value))) continue;
      seen.add(placed);
      const name = typeof task.name === 'string' ? `The task "${task.name}"` : 'This task';
      const hint = didYouMean(value, fixed) ?? 'Add a handler of this name to the play or the role.';
      findings.report(
        'handler-not-found',
        `${name} notifies "${value}", and there is no such handler.`,
        position,
        hint,
      );
    }
};
