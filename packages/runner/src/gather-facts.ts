import { RatchetError } from '@ratchet/core';
import { type Task, tagsSelect } from '@ratchet/playbook';
import type { PlayContext } from './contexts.js';
import { flag } from './flag.js';
import { active } from './host-state.js';
import { runTask } from './run-task.js';
import { taskTemplar } from './task-scope.js';

const MODULE = 'setup';

const gatherTask = ({ play, run }: PlayContext): Task => {
  const module = run.options.catalogue.find(MODULE);
  if (!module) throw new RatchetError('module-unknown', `There is no module ${MODULE} to gather facts with.`);
  return {
    kind: 'task',
    id: `${play.id} > gather_facts`,
    name: 'Gathering Facts',
    action: { kind: 'module', name: MODULE, module },
    params: new Map(),
    paramPositions: new Map(),
    keywordPositions: new Map(),
    loopControl: { loopVar: 'item' },
    notify: [],
    handler: false,
    listen: [],
    position: play.position,
    when: [],
    tags: ['always'],
    vars: new Map(),
    includeParams: new Map(),
    environment: play.environment,
    ...(play.connection === undefined ? {} : { connection: play.connection }),
    ...(play.remoteUser === undefined ? {} : { remoteUser: play.remoteUser }),
    ...(play.port === undefined ? {} : { port: play.port }),
  };
};

/** `gather_facts: true`: the facts of the batch's hosts before the play's first task, as a task that is tagged `always`. */
export const gatherFacts = async (context: PlayContext): Promise<void> => {
  const [first] = active(context.batch);
  if (!first || !flag(taskTemplar(context, first, undefined), context.play.gatherFacts, false)) return;
  const { tags, skipTags } = context.run.options;
  if (tagsSelect(['always'], tags, skipTags)) await runTask(context, context.batch, gatherTask(context));
};
