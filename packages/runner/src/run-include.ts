import { resolve } from 'node:path';
import { placeName, RatchetError, RatchetErrors, toRatchetError } from '@ratchet/core';
import type { Include, Included, PlayRole, Task, TaskNode } from '@ratchet/playbook';
import { planSkipped } from './batch.js';
import type { PlayContext } from './contexts.js';
import { type DoneItem, finishStep, finishTask, shownItem } from './finish-task.js';
import { active, type HostState } from './host-state.js';
import { type Group, groupRequests, type Request, requestOf } from './included-by.js';
import { itemsOf } from './loop-items.js';
import { notReady } from './not-ready.js';
import { type Item, labelOf } from './plan-item.js';
import { failedResult, registered, registeredLoop, type StepResult } from './results.js';
import { announce } from './run-task.js';
import { taskTemplar } from './task-scope.js';
import { flag } from './told-keyword.js';

/** Runs nodes on hosts, as the body of a play does. */
export type RunNodes = (hosts: readonly HostState[], nodes: readonly TaskNode[]) => Promise<void>;

const decided = (play: PlayContext, host: HostState, task: Task, item: Item, result?: StepResult): DoneItem => {
  const planned = { ...planSkipped(play, host, task), item };
  const label = labelOf(taskTemplar(play, host, task, item.own), task, item);
  return {
    planned: label === undefined ? planned : { ...planned, label },
    result: result ?? (planned.decided as StepResult),
  };
};

const failure = (thrown: unknown, task: Task): StepResult =>
  failedResult(loadError(thrown).at({ at: 'source', position: task.position }));

/** Several faults of an included file as one error of its host: the first one's place, all of them in the text. */
const loadError = (thrown: unknown): RatchetError => {
  if (!(thrown instanceof RatchetErrors)) return toRatchetError(thrown);
  const [first, ...more] = thrown.errors as [RatchetError, ...RatchetError[]];
  const shown = more.map((error) =>
    error.place?.at === 'source' ? `${error.message} (${placeName(error.place.position)})` : error.message,
  );
  return new RatchetError(first.code, [first.message, ...shown].join('\n'), { hint: first.hint, place: first.place });
};

interface Asked {
  readonly requests: readonly Request[];
  /** Items that are skipped or failed. */
  readonly done: readonly DoneItem[];
}

/** What a host wants included, item by item. */
const ask = (play: PlayContext, host: HostState, task: Task, include: Include): Asked => {
  const whole = { index: 0, own: new Map() };
  const requests: Request[] = [];
  const done: DoneItem[] = [];
  let items: readonly Item[];
  try {
    const found = itemsOf(play, host, task);
    if (found === 'skip') return { requests, done: [decided(play, host, task, whole)] };
    items = found;
  } catch (thrown) {
    return { requests, done: [decided(play, host, task, whole, notReady(thrown, task))] };
  }
  for (const item of items) {
    const templar = taskTemplar(play, host, task, item.own);
    try {
      if (!task.when.every((condition) => templar.condition(condition.value, condition.position)))
        done.push(decided(play, host, task, item));
      else requests.push(requestOf(include, task, host, item, templar, labelOf(templar, task, item)));
    } catch (thrown) {
      done.push(decided(play, host, task, item, notReady(thrown, task)));
    }
  }
  return { requests, done };
};

const includedItem = (play: PlayContext, hosts: readonly HostState[], task: Task, label: string): string =>
  hosts.map((host) => shownItem(play, host, task, label)).find((shown) => shown !== label) ?? label;

const load = (play: PlayContext, include: Include, { first, chain }: Group): Promise<Included> => {
  const use = { chain, params: first.params };
  return include.kind === 'tasks'
    ? play.play.includes.tasks(include, use, first.name)
    : play.play.includes.role(include, use, first);
};

const register = (host: HostState, task: Task, requests: readonly Request[]): void => {
  if (!task.register) return;
  const result = (request: Request): StepResult => ({
    outcome: 'ok',
    changes: [],
    values: { changed: false, include: request.name, include_args: {} },
  });
  const [only] = requests;
  if (task.loop)
    host.facts.set(
      task.register,
      registeredLoop(requests.map((request) => ({ own: request.item.own, result: result(request) }))),
    );
  else if (only) host.facts.set(task.register, registered(result(only)));
};

// What stands in an include as an import is seen by the rest of the play; an included role itself, the last one, when it is public.
const seenRoles = ({ roles }: Included, { kind }: Include, isPublic: boolean): readonly PlayRole[] =>
  kind === 'tasks' || isPublic ? roles : roles.slice(0, -1);

/** What an include leaves to the rest of the play: its handlers, and the variables of roles that are seen. */
const joinPlay = (play: PlayContext, included: Included, roles: readonly PlayRole[]): void => {
  const known = new Set(play.handlers.map((handler) => handler.id));
  play.handlers.push(...included.handlers.filter((handler) => !known.has(handler.id)));
  for (const { role, vars } of roles) {
    for (const [name, value] of role.defaults) play.exported.defaults.set(name, value);
    for (const [name, value] of vars) play.exported.vars.set(name, value);
  }
  play.roles.push(...roles);
};

interface Ready {
  readonly group: Group;
  readonly hosts: readonly HostState[];
  readonly included: Included;
}

const makeReady = async (play: PlayContext, task: Task, include: Include, group: Group): Promise<Ready | undefined> => {
  const { first } = group;
  const hosts = group.hosts.filter(
    (host) => first.allowDuplicates || !play.rolesDone.has(`${first.name} ${host.name}`),
  );
  if (hosts.length === 0) return undefined;
  try {
    const included = await load(play, include, group);
    joinPlay(play, included, seenRoles(included, include, first.isPublic));
    await play.run.sink.emit({
      type: 'included',
      task: task.id,
      kind: include.kind,
      name: include.kind === 'tasks' ? resolve(included.name) : included.name,
      hosts: hosts.map((host) => host.name),
      ...(first.label === undefined ? {} : { item: includedItem(play, hosts, task, first.label) }),
    });
    if (include.kind === 'tasks') for (const host of hosts) host.recap.ok += 1;
    return { group, hosts, included };
  } catch (thrown) {
    const result = failure(thrown, task);
    // As in Ansible, ignore_errors of an include does not cover a file that is not there or is wrong.
    for (const host of active(hosts))
      await finishTask(play, host, { ...task, ignoreErrors: false }, [decided(play, host, task, first.item, result)]);
    return undefined;
  }
};

/**
 * Runs an `include_tasks` or `include_role`: asks each host what it includes, reads each file or role once, and runs it on the hosts
 * that asked for it, one after the other. Nothing of it is a step: what is included has steps of its own.
 */
export const runInclude = async (
  play: PlayContext,
  hosts: readonly HostState[],
  task: Task,
  run: RunNodes,
): Promise<void> => {
  const working = active(hosts);
  const [one] = working;
  if (!one || task.action.kind !== 'include') return;
  const { include } = task.action;
  await announce(play, one, task);
  const once = flag(taskTemplar(play, one, task), task.runOnce, false);
  const requests: Request[] = [];
  for (const host of once ? [one] : working) {
    const asked = ask(play, host, task, include);
    if (task.loop || asked.requests.length === 0)
      for (const done of asked.done) await finishStep(play, host, task, done);
    if (asked.requests.length === 0 || asked.done.some((done) => done.result.failure))
      await finishTask(play, host, task, asked.done);
    else register(host, task, asked.requests);
    requests.push(...asked.requests);
  }
  const ready: Ready[] = [];
  for (const group of groupRequests(task, requests)) {
    const made = await makeReady(play, task, include, group);
    if (made) ready.push(made);
  }
  for (const { group, hosts: taking, included } of ready) {
    await run(active(taking), included.nodes);
    if (include.kind === 'role')
      for (const host of active(taking)) play.rolesDone.add(`${group.first.name} ${host.name}`);
  }
};
