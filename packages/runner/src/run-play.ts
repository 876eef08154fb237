import { createHash } from 'node:crypto';
import { dirname, resolve } from 'node:path';
import { type Dict, RatchetError, sourceError, toPlain, toRatchetError, type Value } from '@ratchet/core';
import { findVarsFile, type Play, type Playbook } from '@ratchet/playbook';
import type { Templar } from '@ratchet/template';
import { flush, runBody } from './body.js';
import type { PlayContext, RunContext } from './contexts.js';
import { flag } from './flag.js';
import { gatherFacts } from './gather-facts.js';
import { portOf } from './host-port.js';
import { type HostState, isActive, newHostState, stateOf } from './host-state.js';
import { mapLimited } from './limit.js';
import { recallHandlers } from './owed.js';
import { batchesOf } from './play-batches.js';
import { markHosts, takeBackFailed } from './take-back.js';
import { taskTemplar } from './task-scope.js';
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
  playHosts: [],
  batch: [],
  prompted: run.answers.get(playIndex) ?? new Map(),
  fileVars: new Map(),
  handlers: [...play.handlers],
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

const firstThatExists = async (
  run: RunContext,
  folder: string,
  names: readonly string[],
  place: Play['varsFiles'][number],
): Promise<Dict> => {
  let last: RatchetError | undefined;
  for (const name of names) {
    try {
      return await run.options.loadVars((await findVarsFile(name, folder)) ?? resolve(folder, name));
    } catch (thrown) {
      last = toRatchetError(thrown);
      if (last.code !== 'file-not-found') throw last;
    }
  }
  throw sourceError('file-not-found', last?.message ?? 'vars_files names no file', place.position);
};

const loadFileVars = async (context: PlayContext, host: HostState): Promise<Dict> => {
  const vars: Dict = new Map();
  const folder = dirname(context.playbook.file.path);
  for (const entry of context.play.varsFiles) {
    const templar = taskTemplar({ ...context, fileVars: new Map([[host.name, vars]]) }, host, undefined);
    const names = entry.value.map((name) => String(templar.finish(name as Value)));
    for (const [key, value] of await firstThatExists(context.run, folder, names, entry)) vars.set(key, value);
  }
  return vars;
};

/** Handlers that hosts are owed from before run with those of this play, once its tasks are through. */
const recallOwed = async (context: PlayContext): Promise<void> => {
  const taking = context.batch.filter((host) => isActive(host) && !context.left.has(host));
  await mapLimited(taking, context.run.options.forks, (host) => recallHandlers(context, host));
};

const runSections = async (context: PlayContext, force: boolean): Promise<void> => {
  await gatherFacts(context);
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

/** Runs one play, batch by batch. True when so much failed that the playbook's other plays are not run. */
export const runPlay = async (run: RunContext, playbook: Playbook, play: Play, playIndex: number): Promise<boolean> => {
  const empty = emptyContext(run, playbook, play, playIndex);
  const { pattern, hosts } = hostsOf(run, empty);
  const name = typeof play.name === 'string' ? play.name : play.name.text;
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
    const fileVars = new Map<string, Dict>();
    const context: PlayContext = { ...empty, batchIndex, playHosts: taking, batch, fileVars };
    await tell();
    for (const host of batch) host.open = () => portOf(context, host);
    for (const host of batch) fileVars.set(host.name, await loadFileVars(context, host));
    const force = flag(taskTemplar(context, batch[0] as HostState, undefined), play.forceHandlers, false);
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
