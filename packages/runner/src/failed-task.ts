import { type Dict, Template, type Value } from '@ratchet/core';
import type { Task } from '@ratchet/playbook';
import type { HostState } from './host-state.js';

const textOf = (text: string | Template | undefined): string =>
  text === undefined ? '' : text instanceof Template ? text.text : text;

/** A task as `ansible_failed_task` tells it. What it says of templates is their text: a rescue reads, and runs nothing of it. */
const taskFacts = (task: Task): Dict =>
  new Map<Value, Value>([
    ['name', textOf(task.name)],
    ['action', task.action.name],
    ['args', asWritten(task.params)],
    ['register', task.register ?? null],
    ['tags', [...task.tags]],
    ['when', task.when.map(({ value }) => asWritten(value))],
    ['uuid', task.id],
  ]);

const asWritten = (value: Value): Value => {
  if (value instanceof Map) return new Map([...value].map(([key, item]) => [key, asWritten(item)] as [Value, Value]));
  if (Array.isArray(value)) return value.map(asWritten);
  return value instanceof Template ? value.text : value;
};

/** What a `rescue` may look at: it stays known after it, as facts do. */
export const setFailureFacts = (host: HostState): void => {
  if (!host.failure) return;
  host.facts.set('ansible_failed_task', taskFacts(host.failure.task));
  host.facts.set('ansible_failed_result', host.failure.result);
};
