import { type Change, type ResourceModule, toRatchetError } from '@ratchet/core';
import type { PlayContext } from './contexts.js';
import { portOf } from './host-port.js';
import type { HostState, Intent } from './host-state.js';
import { type ResourceOutcome, runResourceSteps } from './resource-steps.js';
import { failedResult, failureOf } from './results.js';
import { intend, locking } from './step-context.js';
import { batchId } from './step-id.js';
import { holdSecrets, toldChanges } from './withhold.js';

/** Makes the module that takes intents of a host back. */
export type TakeBackModule = (
  host: string,
  intents: readonly Intent[],
  run: { readonly folder: string; readonly salt: string },
) => Promise<ResourceModule>;

/** Where each host stood: what it meant to change after that is what a failure takes back. */
export type Marks = ReadonlyMap<HostState, number>;

export const markHosts = (hosts: readonly HostState[]): Marks =>
  new Map(hosts.map((host) => [host, host.intents.length]));

const NAME = 'rollback on failure';

const runModule = async (play: PlayContext, host: HostState, id: string, since: number): Promise<ResourceOutcome> => {
  const { run } = play;
  const place = { folder: run.journal.folder, salt: run.salt };
  const module = await run.options.takeBack(host.name, host.intents.slice(since), place);
  const port = portOf(play, host);
  const changing = { step: id, label: NAME, host, target: host, task: id, handlers: () => [] };
  const [outcome] = await runResourceSteps([{ id, module, params: { force: false }, checkMode: run.options.check }], {
    host: port,
    lock: locking(play, host, port, () => changing),
    context: {
      checkMode: run.options.check,
      restartOwed: false,
      signal: run.options.signal,
      progress: () => undefined,
      now: () => Date.now(),
      sleep: async () => undefined,
    },
    intend: (_step, changes) => intend(play, changing, changes, false),
  });
  return outcome as ResourceOutcome;
};

const leftOf = (outcome: ResourceOutcome): readonly { readonly what: string; readonly found: string }[] =>
  (outcome.values['left'] ?? []) as readonly { what: string; found: string }[];

const takeBackOn = async (play: PlayContext, host: HostState, place: string, since: number): Promise<void> => {
  const { sink, resume } = play.run;
  const task = `${place} > rollback_on_failure`;
  const step = `${batchId(play)}/${task}@${host.name}`;
  if (host.intents.length <= since || resume?.history.step(step)?.state === 'finished') return;
  await sink.emit({ type: 'task_started', task, name: NAME, handler: false });
  await sink.emit({ type: 'step_started', step, host: host.name, task });
  let changes: readonly Change[] = [];
  let failure: ReturnType<typeof toRatchetError> | undefined;
  try {
    const outcome = await runModule(play, host, step, since);
    changes = toldChanges(outcome.changes, play.run.salt, holdSecrets(outcome.changes, play.run.options.secrets));
    failure = outcome.failure;
    for (const { what, found } of leftOf(outcome))
      await sink.emit({ type: 'warning', host: host.name, message: `left alone by the rollback: ${what} is ${found}` });
  } catch (thrown) {
    failure = toRatchetError(thrown);
    if (failure.code === 'interrupted' || failure.code === 'journal-write') throw failure;
  }
  const result = failure ? failedResult(failure, {}, changes) : undefined;
  const ended = {
    host: host.name,
    task,
    outcome: result?.outcome ?? (changes.length > 0 ? 'changed' : 'ok'),
    ignored: false,
    changes,
    ...(failure ? { failure: failureOf(failure, undefined) } : {}),
  } as const;
  await sink.emit({ type: 'step_finished', step, ...ended });
  await sink.emit({ type: 'task_finished', play: batchId(play), name: NAME, rescued: false, ...ended });
};

/** Takes back what the hosts that failed meant to change since they were marked; they stay failed. */
export const takeBackFailed = async (
  play: PlayContext,
  hosts: readonly HostState[],
  place: string,
  marks: Marks,
): Promise<void> => {
  await Promise.all(
    hosts
      .filter((host) => host.failed && !host.unreachable)
      .map((host) => takeBackOn(play, host, place, marks.get(host) ?? 0)),
  );
};
