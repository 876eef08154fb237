import { basename } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { type BootMarker, type Debt, type HostKeep, type OwedHandler, sameBoot, type Value } from '@ratchet/core';
import type { Task } from '@ratchet/playbook';
import { bootForDebts, bootOf, bootsOwedIn, forgetBoot, settledByRestart } from './boot-of.js';
import type { PlayContext, RunContext } from './contexts.js';
import { portOf } from './host-port.js';
import type { HostPort, HostState } from './host-state.js';
import { failureOfStep } from './interrupted.js';
import { thatCounts } from './notify.js';
import { shownName, taskTemplar } from './task-scope.js';

/** Whether all that a handler does is restart the host. */
export const restarts = (handler: Task): boolean =>
  handler.action.kind === 'module' && handler.action.module.restarts === true;

/** A handler as other runs know it again. */
export const owedHandler = (play: PlayContext, host: HostState, handler: Task): OwedHandler => {
  const templar = taskTemplar(play, host, handler);
  const { role, ...bare } = handler;
  const name = shownName(templar, bare);
  return {
    source: role ? basename(role.name) : basename(play.play.position.file.path),
    name,
    topics: handler.listen.map((topic) => String(templar.finish(topic as Value))),
    restarts: restarts(handler),
  };
};

/** Whether two are the same handler. */
export const sameHandler = (a: OwedHandler, b: OwedHandler): boolean => a.source === b.source && a.name === b.name;

const sameDebt = (a: Debt, b: Debt): boolean =>
  a.kind === b.kind && (a.handler === undefined || b.handler === undefined || sameHandler(a.handler, b.handler));

const write = async (run: RunContext, host: HostState): Promise<void> => {
  const debts = [...host.debts];
  // The controller's own copy first: one that the host does not know of was for a change that was never made.
  await run.debts.set(host.name, debts);
  if (host.lock) await host.lock.keep.saveDebts(debts);
  else host.debtsMoved = true;
};

/** Writes what a host is owed, here and (under its lock) there. Calls that come while one is at it share the next. */
export const saveDebts = async (run: RunContext, host: HostState): Promise<void> => {
  host.debtsMoved = false;
  const next = host.saving.then(
    () => write(run, host),
    () => write(run, host),
  );
  host.saving = next.catch(() => undefined);
  await next;
};

/**
 * The same where no change waits for it: what cannot be written on the host now is told, and written when its lock is given back. Throws
 * what stops the whole run.
 */
const saveDebtsOrLater = async ({ run }: PlayContext, host: HostState): Promise<void> => {
  try {
    await saveDebts(run, host);
  } catch (thrown) {
    const { message } = failureOfStep(thrown, run.options.signal);
    host.debtsMoved = true;
    const told = `what it is owed cannot be written there now: ${message} It is tried again at the end.`;
    await run.sink.emit({ type: 'warning', host: host.name, message: told });
  }
};

const bootIfKnown = async (play: PlayContext, host: HostState): Promise<BootMarker | undefined> => {
  try {
    return await bootOf(play, host);
  } catch (thrown) {
    failureOfStep(thrown, play.run.options.signal);
    return undefined;
  }
};

/**
 * Notes debts: on disk, here and on the host, before the change that owes them is made (`now`), or after it (`later`). Gives those that
 * were not owed before.
 */
export const noteDebts = async (
  play: PlayContext,
  host: HostState,
  wanted: readonly Debt[],
  when: 'now' | 'later' = 'now',
): Promise<readonly Debt[]> => {
  const fresh = wanted.filter((debt) => !host.debts.some((known) => sameDebt(known, debt)));
  if (fresh.length === 0) {
    await host.saving;
    return [];
  }
  const ask = when === 'now' ? bootOf : bootIfKnown;
  const boot = host.met && fresh.some(settledByRestart) ? await ask(play, host) : undefined;
  const noted = fresh
    .filter((debt) => !host.debts.some((known) => sameDebt(known, debt)))
    .map((debt): Debt => ({ ...debt, run: play.run.id, ...(boot && settledByRestart(debt) ? { boot } : {}) }));
  host.debts = [...host.debts, ...noted];
  await (when === 'now' ? saveDebts(play.run, host) : saveDebtsOrLater(play, host));
  for (const debt of noted) await play.run.sink.emit({ type: 'debt_noted', host: host.name, debt });
  return noted;
};

/** Strikes debts out. */
export const settleDebts = async (
  play: PlayContext,
  host: HostState,
  isSettled: (debt: Debt) => boolean,
): Promise<void> => {
  const settled = host.debts.filter(isSettled);
  if (settled.length === 0 || play.run.options.check) return;
  host.debts = host.debts.filter((debt) => !isSettled(debt));
  if (!host.met) host.struck.push(...settled);
  await saveDebtsOrLater(play, host);
  for (const debt of settled) await play.run.sink.emit({ type: 'debt_settled', host: host.name, debt });
};

/** Whether no run of this project has reached the host: then changes are to be expected, and what they take is asked at once. */
export const isStranger = (run: RunContext, host: HostState): boolean => !host.met && !run.met.has(host.name);

/**
 * The handlers of a play that an owed one means: by its name, or where there is none of it by a topic that both listen to. Of several with
 * its name (a role that is used twice) those of the last use count, as they do for `notify`.
 */
const meant = (play: PlayContext, host: HostState, owed: OwedHandler): readonly Task[] => {
  const candidates = play.handlers
    .map((handler) => ({ handler, known: owedHandler(play, host, handler) }))
    .filter(({ known }) => known.source === owed.source);
  const named = candidates.filter(({ known }) => known.name === owed.name).map(({ handler }) => handler);
  if (named.length > 0) return thatCounts(named);
  return candidates.filter(({ known }) => shareTopic(known, owed)).map(({ handler }) => handler);
};

const shareTopic = (a: OwedHandler, b: OwedHandler): boolean => a.topics.some((topic) => b.topics.includes(topic));

/** Handlers that a host is owed from before count as notified, where the play has them. */
export const recallHandlers = async (play: PlayContext, host: HostState): Promise<void> => {
  // What this run notes is notified by its own tasks, also when it is gone on with.
  const isOld = ({ handler, run }: Debt): boolean => handler !== undefined && run !== play.run.id;
  if (play.handlers.length === 0 || !host.debts.some(isOld)) return;
  // A host that does not answer now says so at its next step.
  try {
    await meetHost(play, host, portOf(play, host));
  } catch (thrown) {
    failureOfStep(thrown, play.run.options.signal);
  }
  for (const { handler: owed } of host.debts.filter(isOld)) {
    if (!owed) continue;
    for (const handler of meant(play, host, owed)) {
      if (host.notified.has(handler.id) || host.recalled.has(handler.id)) continue;
      host.recalled.add(handler.id);
      host.notified.add(handler.id);
      await play.run.sink.emit({ type: 'handler_notified', host: host.name, handler: owed.name, by: 'owed' });
    }
  }
};

/**
 * A handler has run: it is no longer owed, whichever use of its role it stands in, nor is what another run noted under a topic of it. While the
 * one of another use of the role is still to run, that one settles it.
 */
export const settleHandler = (play: PlayContext, host: HostState, handler: Task): Promise<void> => {
  if (host.debts.length === 0) return Promise.resolve();
  const ran = owedHandler(play, host, handler);
  const others = play.handlers.filter(({ id }) => id !== handler.id && host.notified.has(id));
  if (others.some((other) => sameHandler(owedHandler(play, host, other), ran))) return Promise.resolve();
  return settleDebts(
    play,
    host,
    ({ handler: owed }) =>
      owed !== undefined && (sameHandler(owed, ran) || meant(play, host, owed).some((one) => one.id === handler.id)),
  );
};

/** After a restart, or one that a check would do, handlers that would only restart again are not run. */
export const dropRestartingHandlers = (play: PlayContext, host: HostState): void => {
  for (const handler of play.handlers) if (restarts(handler)) host.notified.delete(handler.id);
};

/** Strikes out what a restart settles, after one was done. */
export const settleRestart = async (play: PlayContext, host: HostState): Promise<void> => {
  forgetBoot(host);
  dropRestartingHandlers(play, host);
  await settleDebts(play, host, settledByRestart);
};

const text = (debt: Debt): string =>
  `${debt.kind === 'restart' ? 'a restart' : 'a handler'}: ${debt.reason}${debt.run ? ` (run ${debt.run})` : ''}`;

/** Strikes out what was settled by a restart that somebody did since it was noted. */
const settleByMarker = async (play: PlayContext, host: HostState): Promise<void> => {
  if (bootsOwedIn(host).length === 0) return;
  const boot = await bootForDebts(play, host);
  const isPast = (debt: Debt): boolean =>
    settledByRestart(debt) && debt.boot !== undefined && boot !== undefined && !sameBoot(debt.boot, boot);
  for (const debt of host.debts.filter(isPast))
    await play.run.sink.emit({
      type: 'warning',
      host: host.name,
      message: `restarted since it was owed ${text(debt)}: that is settled`,
    });
  if (play.run.options.check) host.debts = host.debts.filter((debt) => !isPast(debt));
  else await settleDebts(play, host, isPast);
};

/** Reads the debts that the host keeps; where it keeps a list, that one counts, whatever this controller remembers. */
export const learnDebts = async (run: RunContext, host: HostState, keep: HostKeep, again: boolean): Promise<void> => {
  const kept = await keep.debts(again);
  // What this run found settled and could not write without the lock is not owed again.
  if (kept && !host.debtsMoved) host.debts = [...kept];
  if (host.debtsMoved) await saveDebts(run, host);
};

/**
 * What the host keeps counts, but for what was settled before it was met, by steps of a run that is gone on with; this machine remembers it,
 * so that the next run asks for the boot in its first command.
 */
const rememberKept = async (run: RunContext, host: HostState, kept: readonly Debt[]): Promise<void> => {
  const isStruck = (debt: Debt): boolean => host.struck.some((one) => sameDebt(one, debt) && one.run === debt.run);
  host.debts = kept.filter((debt) => !isStruck(debt));
  if (!isDeepStrictEqual(run.debts.of(host.name), host.debts)) await run.debts.set(host.name, host.debts);
};

const meet = async (play: PlayContext, host: HostState, port: HostPort): Promise<void> => {
  const kept = await port.keep?.debts();
  host.home = port;
  await play.run.met.add(host.name);
  if (kept) await rememberKept(play.run, host, kept);
  await settleByMarker(play, host);
  for (const debt of host.debts)
    await play.run.sink.emit({ type: 'warning', host: host.name, message: `is owed ${text(debt)}` });
};

/**
 * The first contact with a host: learns and tells what it is owed, and what has been settled by a restart since. It costs no command
 * after the first one that was sent, unless there is something that a restart would settle and this machine did not know of it.
 */
export const meetHost = (play: PlayContext, host: HostState, port: HostPort): Promise<void> => {
  // This machine itself keeps nothing for others.
  if (!port.keep) return Promise.resolve();
  if (!host.met) {
    const met = meet(play, host, port);
    host.met = met;
    met.catch(() => {
      host.met = undefined;
    });
  }
  return host.met;
};
