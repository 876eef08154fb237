import { RatchetError } from '@ratchet/core';
import { type Task, tagsSelect } from '@ratchet/playbook';
import type { PlayContext } from './contexts.js';
import { mentionsFacts } from './facts-mentioned.js';
import { active } from './host-state.js';
import { FACTS_GATHERED } from './keep-facts.js';
import { runTask } from './run-task.js';
import { taskTemplar } from './task-scope.js';
import { flag } from './told-keyword.js';
import { toldOfPlay } from './told-of-play.js';

const MODULE = 'setup';

const gatherModule = ({ run }: PlayContext) => {
  const module = run.options.catalogue.find(MODULE);
  if (!module) throw new RatchetError('module-unknown', `There is no module ${MODULE} to gather facts with.`);
  return module;
};

const namesFacts = ({ playbook, run }: PlayContext): boolean =>
  mentionsFacts(playbook, run.options.catalogue.find(MODULE) ?? {});

const gatherTask = (context: PlayContext): Task => {
  const { play } = context;
  return {
    kind: 'task',
    id: `${play.id} > gather_facts`,
    name: 'Gathering Facts',
    action: { kind: 'module', name: 'gather_facts', module: gatherModule(context) },
    params: play.gatherParams.value,
    paramPositions: play.gatherParams.positions,
    ...(play.gatherParams.below === undefined ? {} : { paramsBelow: play.gatherParams.below }),
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

/**
 * The facts of the batch's hosts before the play's first task, as a task that is tagged `always`: where the play says so; where it
 * says nothing, as the run's `gathering` says, and without that where the playbook names a fact, once for each host.
 */
export const gatherFacts = async (context: PlayContext): Promise<void> => {
  const { gathering = namesFacts(context) ? 'smart' : 'explicit', tags, skipTags } = context.run.options;
  const [first] = active(context.batch);
  if (!first || !tagsSelect(['always'], tags, skipTags)) return;
  const said = context.play.gatherFacts;
  const wanted = toldOfPlay(context.play, 'gather_facts', () =>
    flag(taskTemplar(context, first, undefined), said, gathering !== 'explicit'),
  );
  if (!wanted) return;
  const hosts =
    gathering === 'smart' ? context.batch.filter((host) => !host.gathered.has(FACTS_GATHERED)) : context.batch;
  await runTask(context, hosts, gatherTask(context));
};
