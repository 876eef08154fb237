import type {
  ApplyContext,
  BootEvidence,
  BootMarker,
  CommandOutput,
  ErrorCode,
  ExecOptions,
  HostReader,
  HostWriter,
} from '@ratchet/core';
import { RatchetError, sameBoot } from '@ratchet/core';

/** How to restart and how long to wait; all times in seconds. */
export interface RestartPlan {
  readonly msg: string;
  readonly pre_reboot_delay: number;
  readonly post_reboot_delay: number;
  readonly reboot_timeout: number;
  /** For one attempt to reach the host. */
  readonly connect_timeout: number;
  readonly test_command?: string | undefined;
  readonly boot_time_command?: string | undefined;
}

const NO_MARKER: BootMarker = { bootId: null, bootEvent: null, bootTime: null };

/** Reads what tells this boot from another. */
export const readEvidence = async (
  host: HostReader,
  plan: RestartPlan,
  options: Pick<ExecOptions, 'signal'> = {},
): Promise<BootEvidence> => {
  if (plan.boot_time_command === undefined) return { marker: await host.bootMarker(options), text: null };
  const { rc, stdout } = await host.query(plan.boot_time_command, options);
  if (rc !== 0 || stdout.trim() === '')
    throw new RatchetError(
      'command-failed',
      `boot_time_command gave code ${rc} and ${stdout.trim().length} characters`,
    );
  return { marker: NO_MARKER, text: stdout.trim() };
};

/** Whether the host has restarted between the two. */
export const hasMoved = (before: BootEvidence, after: BootEvidence): boolean =>
  before.text === null ? !sameBoot(before.marker, after.marker) : before.text !== after.text;

// While a host goes down and comes up any of these may happen; accounts are refused until logons are served.
const PASSING: readonly ErrorCode[] = [
  'unreachable',
  'timeout',
  'command-failed',
  'host-output',
  'auth',
  'access-denied',
];

const isPassing = (thrown: unknown): boolean => thrown instanceof RatchetError && PASSING.includes(thrown.code);

const unlessPassing = async <T>(work: () => Promise<T>): Promise<T | null> => {
  try {
    return await work();
  } catch (thrown) {
    if (isPassing(thrown)) return null;
    throw thrown;
  }
};

/** Seconds that a host which has been reached may take to answer; a host on its way down may never do. */
const ANSWER_SECONDS = 60;

/** Asks a host that may be down, with a deadline of its own for connecting and answering together; null when it does not answer. */
const asked = async <T>(
  plan: RestartPlan,
  context: ApplyContext,
  ask: (options: { readonly signal: AbortSignal }) => Promise<T>,
): Promise<T | null> => {
  const late = AbortSignal.timeout((plan.connect_timeout + ANSWER_SECONDS) * 1000);
  try {
    return await unlessPassing(() => ask({ signal: AbortSignal.any([context.signal, late]) }));
  } catch (thrown) {
    if (late.aborted && !context.signal.aborted) return null;
    throw thrown;
  }
};

// cmd.exe would take these for its own; `shutdown /c` takes 512 characters.
const comment = (msg: string): string => msg.replace(/["%^&|<>!\r\n]/g, ' ').slice(0, 512);

// How long the channel that carries `shutdown` may stay silent: it may never be closed (windows-facts 6.3).
const ISSUE_MS = 20_000;

const wasSent = (thrown: unknown): boolean => !(thrown instanceof RatchetError) || thrown.details['notSent'] !== true;

/** What a command gave; null when the connection was lost, or fell silent, so that nobody knows whether it was run. */
const send = async (command: string, host: HostWriter, context: ApplyContext): Promise<CommandOutput | null> => {
  const once = () => host.run(command, { timeoutMs: ISSUE_MS, signal: context.signal });
  try {
    return await once();
  } catch (thrown) {
    if (!isPassing(thrown)) throw thrown;
    if (wasSent(thrown)) return null;
  }
  // It never left: nothing would come of waiting for it.
  await host.connection.reset();
  return once();
};

// Codes of shutdown.exe: windows-facts 6.3.
const CODE = { accepted: 0, denied: 5, alreadyGoing: 1115, scheduled: 1190, othersLoggedOn: 1191, noPrivilege: 1314 };

// Two seconds at least, so that the code can come back.
const delayOf = (plan: RestartPlan): number => Math.max(2, Math.round(plan.pre_reboot_delay));

const commandOf = (plan: RestartPlan): string => `shutdown /r /t ${delayOf(plan)} /c "${comment(plan.msg)}"`;

/** A restart that is on its way already is the one. */
const refuseUnlessGoing = ({ rc }: CommandOutput, host: string): void => {
  if (rc === CODE.accepted || rc === CODE.alreadyGoing || rc === CODE.scheduled) return;
  const denied = rc === CODE.denied || rc === CODE.noPrivilege;
  throw new RatchetError(
    denied ? 'not-elevated' : 'command-failed',
    `shutdown refused to restart ${host}: code ${rc}`,
    denied ? { hint: 'Log in with an account that may shut the system down.' } : {},
  );
};

/** Whether Windows has said that it restarts, or whether its answer was lost. */
export type Issued = 'accepted' | 'unknown';

/** Asks Windows for the restart. A channel that is lost with the command is no failure: most likely the host is going down. */
export const issueRestart = async (plan: RestartPlan, host: HostWriter, context: ApplyContext): Promise<Issued> => {
  const command = commandOf(plan);
  let output = await send(command, host, context);
  if (output?.rc === CODE.scheduled) {
    await send('shutdown /a', host, context);
    output = await send(command, host, context);
  } else if (output?.rc === CODE.othersLoggedOn) output = await send(`${command} /f`, host, context);
  if (output === null) return 'unknown';
  refuseUnlessGoing(output, host.name);
  return 'accepted';
};

/** Seconds after its delay in which a restart that was accepted has begun. */
const BEGIN_SECONDS = 5;
/** Between two such questions. */
const ASK_AGAIN_MS = 30_000;

/**
 * Asks once more where nobody knows whether the first `shutdown` was run, on a host that has just answered in the boot that is to be left.
 * One that was run answers 1115 or 1190 now, and is the one. It is not sent anew over another connection: that might be in the next boot.
 */
const issueAgain = async (plan: RestartPlan, host: HostWriter, context: ApplyContext): Promise<Issued> => {
  context.progress(`${host.name} has not restarted, and its answer to shutdown was lost; asking again`);
  const output = await unlessPassing(() => host.run(commandOf(plan), { timeoutMs: ISSUE_MS, signal: context.signal }));
  if (output === null) return 'unknown';
  refuseUnlessGoing(output, host.name);
  return 'accepted';
};

// A small machine is back within seconds; a large one is not asked every second for minutes.
const pollMs = (waitedMs: number): number => (waitedMs < 15_000 ? 1_000 : 3_000);

const stopIfAsked = (context: ApplyContext, host: HostWriter): void => {
  if (context.signal.aborted)
    throw new RatchetError('interrupted', `interrupted while waiting for ${host.name} to restart`);
};

/** Waits, after `shutdown` was `issued`, until the host answers in another boot, stays in it for `post_reboot_delay`, and passes `test_command`. */
export const awaitRestart = async (
  before: BootEvidence,
  plan: RestartPlan,
  host: HostWriter,
  context: ApplyContext,
  issued: Issued,
): Promise<void> => {
  const start = context.now();
  let known = issued;
  let askAgainAt = start + (delayOf(plan) + BEGIN_SECONDS) * 1000;
  const deadline = start + (plan.pre_reboot_delay + plan.reboot_timeout) * 1000;
  let [answered, moved] = [false, false];

  // A fresh connection each time: the old one is dead, or will be (C35).
  const probe = async (): Promise<BootEvidence | null> => {
    await host.connection.reset();
    const evidence = await asked(plan, context, (options) => readEvidence(host, plan, options));
    answered ||= evidence !== null;
    if (evidence !== null && !hasMoved(before, evidence) && known === 'unknown' && context.now() >= askAgainAt) {
      askAgainAt = context.now() + ASK_AGAIN_MS;
      known = await issueAgain(plan, host, context);
    }
    return evidence !== null && hasMoved(before, evidence) ? evidence : null;
  };
  const hasSettled = async (up: BootEvidence): Promise<boolean> => {
    if (plan.post_reboot_delay === 0) return true;
    context.progress(`${host.name} is back; settling for ${plan.post_reboot_delay} s`);
    await context.sleep(plan.post_reboot_delay * 1000);
    const again = await probe();
    return again !== null && !hasMoved(up, again);
  };
  const passesTest = async (): Promise<boolean> => {
    const { test_command } = plan;
    if (test_command === undefined) return true;
    return (await asked(plan, context, (options) => host.query(test_command, options)))?.rc === 0;
  };

  while (context.now() < deadline) {
    await context.sleep(Math.min(pollMs(context.now() - start), Math.max(1, deadline - context.now())));
    stopIfAsked(context, host);
    const up = await probe();
    moved ||= up !== null;
    if (up !== null && (await hasSettled(up)) && (await passesTest())) {
      context.progress(`${host.name} restarted in ${Math.round((context.now() - start) / 1000)} s`);
      return;
    }
    context.progress(`waiting for ${host.name} to restart: ${Math.round((context.now() - start) / 1000)} s`);
  }
  throw notBack(host.name, plan, answered, moved);
};

/**
 * Goes on with a restart that an interrupted run may have asked for: waits until the host answers, and asks for the restart only when
 * it is still in the boot that was to be left. One that is on its way then is the one (codes 1115 and 1190).
 */
export const continueRestart = async (
  before: BootEvidence,
  plan: RestartPlan,
  host: HostWriter,
  context: ApplyContext,
): Promise<void> => {
  const deadline = context.now() + plan.reboot_timeout * 1000;
  let found = await asked(plan, context, (options) => readEvidence(host, plan, options));
  while (found === null && context.now() < deadline) {
    context.progress(`waiting for ${host.name}, which was being restarted`);
    await context.sleep(pollMs(0));
    stopIfAsked(context, host);
    await host.connection.reset();
    found = await asked(plan, context, (options) => readEvidence(host, plan, options));
  }
  if (found === null) throw notBack(host.name, plan, false, false);
  if (hasMoved(before, found)) return;
  await awaitRestart(before, plan, host, context, await issueUnlessGone(plan, host, context));
};

/** A host that answered a moment ago and cannot be reached now has gone down: with the restart that was asked for before, most likely. */
const issueUnlessGone = async (plan: RestartPlan, host: HostWriter, context: ApplyContext): Promise<Issued> => {
  try {
    return await issueRestart(plan, host, context);
  } catch (thrown) {
    if (thrown instanceof RatchetError && thrown.code === 'unreachable') return 'unknown';
    throw thrown;
  }
};

/** Whether there is anything by which a later boot can be told from this one. */
export const tellsBoots = ({ marker, text }: BootEvidence): boolean =>
  text !== null || marker.bootId !== null || marker.bootTime !== null || (marker.bootEvent ?? null) !== null;

const notBack = (host: string, plan: RestartPlan, answered: boolean, moved: boolean): RatchetError => {
  const limit = `within reboot_timeout (${plan.reboot_timeout} s)`;
  if (!answered)
    return new RatchetError('unreachable', `${host} did not come back ${limit}`, {
      hint: 'Look at its console; the restart stays owed.',
    });
  if (!moved)
    return new RatchetError('timeout', `${host} answers but did not restart ${limit}`, {
      hint: 'Something may hold the restart up; look at its console, or raise reboot_timeout.',
    });
  const what = plan.test_command === undefined ? 'did not stay up' : `did not pass test_command`;
  return new RatchetError('timeout', `${host} restarted but ${what} ${limit}`);
};
