import { createHash } from 'node:crypto';
import { holdsTemplate, RatchetError, Template, toPlain, type Value } from '@ratchet/core';
import type { Play, Playbook } from '@ratchet/playbook';
import type { Templar } from '@ratchet/template';
import { flush, runBody } from './body.js';
import type { PlayContext, RunContext } from './contexts.js';
import { beginFileVars, fileVarsBefore, renewFileVars } from './file-vars.js';
import { gatherFacts } from './gather-facts.js';
import { portOf } from './host-port.js';
import { type HostState, isActive, newHostState, stateOf } from './host-state.js';
import { mapLimited } from './limit.js';
import { recallHandlers } from './owed.js';
import { batchesOf } from './play-batches.js';
import { mostFailed } from './stop-play.js';
import { markHosts, takeBackFailed } from './take-back.js';
import { taskTemplar } from './task-scope.js';
import { flag } from './told-keyword.js';
import { toldOfPlay } from './told-of-play.js';

const rankIn = (run: string, host: string): string => createHash('sha256').update(`${run} ${host}`).digest('hex');

/** `shuffle` is another order in each run and the same in a run that is resumed. */
const orderHosts = (play: Play, hosts: readonly string[], run: string): readonly string[] => {
  if (play.order === 'shuffle') {
    const ranked = hosts.map((host) => ({ host, rank: rankIn(run, host) }));
    return ranked.sort((a, b) => (a.rank < b.rank ? -1 : 1)).map(({ host }) => host);
  }
  if (play.order === 'sorted') return [...hosts].sort();
  if (play.order === 'reverse_sorted') return [...hosts].sort().reverse();
  if (play.order === 'reverse_inventory') return [...hosts].reverse();
  return hosts;
};

const patternOf = (value: Value): string =>
  Array.isArray(value) ? value.map((part) => String(toPlain(part))).join(',') : String(toPlain(value));

const emptyContext = (run: RunContext, playbook: Playbook, play: Play, playIndex: number): PlayContext => ({
  run,
  playbook,
  play,
  playIndex,
  batchIndex: 0,
  pattern: '',
  targeted: [],
  playHosts: [],
  batch: [],
  prompted: run.answers.get(playIndex) ?? new Map(),
  fileVars: new Map(),
  handlers: [...play.handlers],
  roles: [...play.roles],
  exported: { vars: new Map(), defaults: new Map() },
  gates: new Map(),
  rolesDone: new Set(),
  rolesBegun: new Map(),
  left: new Set(),
  flushes: 0,
  flushing: 0,
  ended: undefined,
  broken: false,
});

const NOBODY = 'localhost';

/** What is known before a play has hosts: `-e`, what was answered, the play's variables. */
export const templarBefore = (run: RunContext, playbook: Playbook, play: Play, playIndex: number): Templar =>
  taskTemplar(emptyContext(run, playbook, play, playIndex), newHostState(NOBODY, []), undefined);

const hostsOf = (
  run: RunContext,
  context: PlayContext,
): { readonly pattern: string; readonly hosts: readonly string[] } => {
  const nobody = newHostState(NOBODY, []);
  const pattern = patternOf(
    toldOfPlay(context.play, 'hosts', () => taskTemplar(context, nobody, undefined).finish(context.play.hosts)),
  );
  const { inventory, limit } = run.options;
  const matched = inventory.match(pattern);
  const kept = limit === undefined ? matched : matched.filter((name) => new Set(inventory.match(limit)).has(name));
  return { pattern, hosts: orderHosts(context.play, kept, run.id) };
};

/** A play with the hosts that it has as far as can be told before it: none where its pattern is not known yet. */
export const hostsBefore = (
  run: RunContext,
  playbook: Playbook,
  play: Play,
  playIndex: number,
): { readonly play: PlayContext; hosts(): readonly string[] } => {
  const context = emptyContext(run, playbook, play, playIndex);
  const hosts = (): readonly string[] => {
    try {
      return hostsOf(run, context).hosts;
    } catch (thrown) {
      // The play itself tells what is wrong with its pattern, when it comes to it.
      if (thrown instanceof RatchetError) return [];
      throw thrown;
    }
  };
  return { play: context, hosts };
};

/** Handlers that hosts are owed from before run with those of this play, once its tasks are through. */
const recallOwed = async (context: PlayContext): Promise<void> => {
  const taking = context.batch.filter((host) => isActive(host) && !context.left.has(host));
  await mapLimited(taking, context.run.options.forks, (host) => recallHandlers(context, host));
};

const runSections = async (context: PlayContext, force: boolean): Promise<void> => {
  await gatherFacts(context);
  await renewFileVars(context, context.batch);
  for (const section of context.play.sections) {
    await runBody(context, context.batch, section.body);
    if (context.ended) return;
    if (section.kind === 'tasks') await recallOwed(context);
    if (section.kind !== 'roles') await flush(context, force);
    if (context.ended) return;
  }
  await recallOwed(context);
  await flush(context, force);
};

const runFree = async (context: PlayContext, force: boolean): Promise<void> => {
  await mapLimited(context.batch, context.run.options.forks, (host) =>
    runSections({ ...context, batch: [host] }, force),
  );
};

/** Ends what the tasks of a play keep running on hosts, those that tasks were delegated to included. */
const endSessions = async (run: RunContext): Promise<void> => {
  const ports = [...run.hosts.values()].flatMap((host) => [...host.ports.values()]);
  await Promise.all(ports.map((port) => port.endSessions?.()));
};

/** The play's keywords that count only later are told before its first task; returns whether handlers are forced. */
const checkKeywords = (context: PlayContext, any: HostState): boolean => {
  const { play } = context;
  const templar = taskTemplar(context, any, undefined);
  mostFailed(play, templar);
  toldOfPlay(play, 'gather_subset', () => templar.finish(play.gatherParams.value));
  toldOfPlay(play, 'rollback_on_failure', () => flag(templar, play.rollbackOnFailure, false));
  return toldOfPlay(play, 'force_handlers', () => flag(templar, play.forceHandlers, false));
};

/** A play's name as it is shown: what cannot be told before there are hosts stands as it is written. */
const titleOf = (context: PlayContext): string => {
  const { name } = context.play;
  if (!(name instanceof Template)) return name ?? context.pattern;
  try {
    return String(toPlain(taskTemplar(context, newHostState(NOBODY, []), undefined).finish(name)));
  } catch (thrown) {
    if (thrown instanceof RatchetError) return name.text;
    throw thrown;
  }
};

/** Runs one play, batch by batch. True when so much failed that the playbook's other plays are not run. */
export const runPlay = async (run: RunContext, playbook: Playbook, play: Play, playIndex: number): Promise<boolean> => {
  const nowhere = emptyContext(run, playbook, play, playIndex);
  // Only these are asked for before there are hosts, each of which reads the files for itself.
  if ([play.hosts, play.name, play.serial].some(holdsTemplate))
    nowhere.fileVars.set(NOBODY, await fileVarsBefore(nowhere, newHostState(NOBODY, [])));
  const { pattern, hosts } = hostsOf(run, nowhere);
  const empty = { ...nowhere, pattern };
  const name = titleOf(empty);
  const states = hosts.map((host) => stateOf(run, host));
  const tell = (): Promise<void> => run.sink.emit({ type: 'play_started', play: playIndex, name, hosts });
  const taking = states.filter(isActive);
  if (taking.length === 0) {
    await tell();
    if (hosts.length === 0) await run.sink.emit({ type: 'no_hosts', play: playIndex, pattern });
    return false;
  }
  const serial =
    play.serial === undefined
      ? undefined
      : toldOfPlay(play, 'serial', () =>
          taskTemplar({ ...empty, playHosts: taking, batch: taking }, taking[0] as HostState, undefined).finish(
            play.serial as Value,
          ),
        );
  for (const [batchIndex, batch] of batchesOf(taking, play, serial).entries()) {
    const own = { batchIndex, batch, fileVars: new Map(), left: new Set<HostState>() };
    const context: PlayContext = { ...empty, targeted: states, playHosts: taking, ...own };
    await tell();
    for (const host of batch) host.open = () => portOf(context, host);
    await beginFileVars(context);
    const force = checkKeywords(context, batch[0] as HostState);
    const marks = markHosts(batch);
    await (play.strategy === 'free' ? runFree(context, force) : runSections(context, force));
    if (flag(taskTemplar(context, batch[0] as HostState, undefined), play.rollbackOnFailure, false))
      await takeBackFailed(context, batch, play.id, marks);
    await endSessions(run);
    // As in Ansible, a batch of which nothing is left ends the playbook.
    if (context.broken || batch.every((host) => host.failed || host.unreachable)) return true;
    if (context.ended === 'play') return false;
  }
  return false;
};
