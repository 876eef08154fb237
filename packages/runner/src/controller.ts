import { type Controller, fromPlain, type Position, type Value } from '@ratchet/core';
import type { Task } from '@ratchet/playbook';
import type { PlayContext } from './contexts.js';
import type { HostState } from './host-state.js';
import type { PlannedItem } from './plan-item.js';
import { taskTemplar } from './task-scope.js';

/** The controller for one step: its files, templates over the step's variables, and the person at it. */
export const controllerFor = (play: PlayContext, host: HostState, task: Task, planned: PlannedItem): Controller => {
  const { controllerFiles, knock, ask } = play.run.options;
  return {
    files: controllerFiles,
    knock,
    ...(ask === undefined ? {} : { ask }),
    render: (text, path, { variables = {}, ...options }) => {
      const own = new Map(planned.item.own);
      for (const [name, value] of Object.entries(variables)) own.set(name, fromPlain(value) as Value);
      const position: Position = { file: { path, text }, offset: 0 };
      return taskTemplar(play, host, task, own).file(text, position, options);
    },
  };
};
