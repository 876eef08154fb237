import { holdsTemplate, Template } from '@ratchet/core';
import type { Task } from '@ratchet/playbook';
import type { Templar } from '@ratchet/template';
import { taskEnvironment } from './task-environment.js';
import { flag, number } from './told-keyword.js';

type Check = (templar: Templar) => unknown;

const FLAGS = [
  'anyErrorsFatal',
  'become',
  'delegateFacts',
  'diff',
  'ignoreErrors',
  'ignoreUnreachable',
  'noLog',
  'runOnce',
] as const;
const TEXTS = ['becomeMethod', 'becomeUser', 'connection', 'remoteUser'] as const;
const NUMBERS = ['port', 'throttle', 'timeout'] as const;

const checksOf = (task: Task): readonly Check[] => {
  const template = (value: unknown): readonly Template[] => (value instanceof Template ? [value] : []);
  return [
    ...FLAGS.flatMap((name) => template(task[name])).map((value) => (templar: Templar) => flag(templar, value, false)),
    ...TEXTS.flatMap((name) => template(task[name])).map((value) => (templar: Templar) => templar.finish(value)),
    ...task.notify.flatMap(({ value }) => template(value)).map((value) => (templar: Templar) => templar.finish(value)),
    ...[...NUMBERS.map((name) => task[name]), task.until?.retries, task.until?.delay, task.loopControl.pause]
      .flatMap(template)
      .map((value) => (templar: Templar) => number(templar, value, 0)),
    ...(task.environment.some(holdsTemplate) ? [(templar: Templar) => taskEnvironment(templar, task)] : []),
  ];
};

const known = new WeakMap<Task, readonly Check[]>();

/**
 * Finishes the keywords of a task whose conditions hold, whether or not its module asks for them: as in Ansible, one that cannot be told
 * fails the task before it begins. Throws as templating does, and `param-invalid`.
 */
export const tellKeywords = (templar: Templar, task: Task): void => {
  const checks = known.get(task) ?? checksOf(task);
  known.set(task, checks);
  for (const check of checks) check(templar);
};
