import { type HostWriter, sourceError, toPlain } from '@ratchet/core';
import type { Task } from '@ratchet/playbook';
import { OMIT, type Templar } from '@ratchet/template';
import type { PlannedItem } from './plan-item.js';

const textOf = (value: unknown): string =>
  value === true ? 'True' : value === false ? 'False' : value === null ? 'None' : String(value);

/** The task's `environment`: every level's mapping or list of them, the inner ones winning, as texts. */
export const taskEnvironment = (templar: Templar, task: Task): Readonly<Record<string, string>> => {
  const environment: Record<string, string> = Object.create(null);
  for (const level of task.environment) {
    const finished = toPlain(templar.finish(level));
    for (const part of Array.isArray(finished) ? finished : [finished]) {
      if (part === null || part === '' || part === OMIT) continue;
      if (typeof part !== 'object')
        throw sourceError(
          'param-invalid',
          'environment must be a mapping, or a list of mappings',
          task.keywordPositions.get('environment') ?? task.position,
        );
      for (const [name, value] of Object.entries(part)) environment[name] = textOf(value);
    }
  }
  return environment;
};

/** A port whose commands have the task's `environment`. */
export const portWithEnvironment = (port: HostWriter, planned: PlannedItem, task: Task): HostWriter => {
  if (task.environment.length === 0) return port;
  const env = taskEnvironment(planned.templar, task);
  return {
    ...port,
    run: (command, options) => port.run(command, { ...options, env: { ...env, ...options?.env } }),
    powershell: (script, options) => port.powershell(script, { ...options, env: { ...env, ...options?.env } }),
    query: (command, options) => port.query(command, { ...options, env: { ...env, ...options?.env } }),
  };
};
