import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { EXIT, type HostRecap, RatchetError, type StampedEvent } from '@ratchet/core';
import { type RecordedRun, readJournal } from './read-journal.js';
import { ownerOf } from './run-owner.js';

/** What stands in the run folder of one run, in short. */
export interface PastRun {
  readonly id: string;
  readonly folder: string;
  readonly started: string;
  readonly user: string;
  readonly version: string;
  readonly playbooks: readonly string[];
  readonly check: boolean;
  /** 'running': its process lives. 'unfinished': `resume` can go on with it. 'ended': it came to its end. */
  readonly state: 'running' | 'unfinished' | 'ended';
  /** The exit code of its last end; absent while it has none. */
  readonly exitCode?: number;
  readonly hosts: Readonly<Record<string, HostRecap>>;
}

// Ends after which a host may still stand in the middle of its steps.
const OPEN_ENDS: readonly number[] = [EXIT.interrupted, EXIT.undecided, EXIT.locked, EXIT.bug];

type Ended = Extract<StampedEvent, { readonly type: 'run_finished' }>;

/** The end of a run's last stretch; undefined when it was cut off. */
export const lastEnd = (events: readonly StampedEvent[]): Ended | undefined => {
  const end = events.findLast(({ type }) => type === 'run_finished' || type === 'run_resumed');
  return end?.type === 'run_finished' ? end : undefined;
};

/** A rollback that found its hosts locked and touched nothing is asked for again; `resume` is for the run that somebody has in mind. */
const isRefusedRollback = (events: readonly StampedEvent[], end: Ended): boolean =>
  end.exitCode === EXIT.locked &&
  events[0]?.type === 'run_started' &&
  events[0].rollback !== undefined &&
  !events.some(({ type }) => type === 'step_applying');

/** Whether `resume` takes this run without being told its id. */
export const isUnfinished = (events: readonly StampedEvent[]): boolean => {
  const end = lastEnd(events);
  return !end || (OPEN_ENDS.includes(end.exitCode) && !isRefusedRollback(events, end));
};

/** The folders of all runs, the newest first. */
export const runFolders = async (runsFolder: string): Promise<readonly string[]> => {
  try {
    const names = await readdir(runsFolder, { withFileTypes: true });
    return names
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name)
      .sort()
      .reverse();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw new RatchetError('file-unreadable', `The runs in ${runsFolder} cannot be read: ${(error as Error).message}`, {
      cause: error,
    });
  }
};

const NONE: HostRecap = { ok: 0, changed: 0, unreachable: 0, failed: 0, skipped: 0, rescued: 0, ignored: 0 };

/** What a task came to, as the recap counts it: a change, and an ignored failure, are `ok` too. */
const countersOf = (task: Extract<StampedEvent, { readonly type: 'task_finished' }>): readonly (keyof HostRecap)[] => {
  if (task.ignored) return ['ok', 'ignored'];
  if (task.rescued) return ['rescued'];
  return task.outcome === 'changed' ? ['ok', 'changed'] : [task.outcome];
};

/** The recap of a run that was cut off, as far as its journal goes. */
const recapSoFar = (events: readonly StampedEvent[]): Readonly<Record<string, HostRecap>> => {
  const hosts = new Map<string, HostRecap>();
  for (const event of events) {
    if (event.type === 'play_started') for (const host of event.hosts) if (!hosts.has(host)) hosts.set(host, NONE);
    if (event.type !== 'task_finished') continue;
    const recap = { ...(hosts.get(event.host) ?? NONE) };
    for (const counter of countersOf(event)) recap[counter] += 1;
    hosts.set(event.host, recap);
  }
  return Object.fromEntries(hosts);
};

/** One run in short. */
export const pastRun = async ({ folder, events }: RecordedRun, id: string): Promise<PastRun | undefined> => {
  const [first] = events;
  if (first?.type !== 'run_started') return undefined;
  const end = lastEnd(events);
  const running = (await ownerOf(folder)) !== undefined;
  return {
    id,
    folder,
    started: first.at,
    user: first.user,
    version: first.version,
    playbooks: first.playbooks,
    check: first.check,
    state: running ? 'running' : isUnfinished(events) ? 'unfinished' : 'ended',
    ...(end ? { exitCode: end.exitCode } : {}),
    hosts: end?.hosts ?? recapSoFar(events),
  };
};

const WHERE = 'Runs are kept in the folder that they were begun in.';

/**
 * The run that `resume` continues: the one named (its id or the beginning of it), or the newest unfinished one that was not a
 * check. Errors: `file-not-found` when there is none or the name fits several; those of reading its journal.
 */
export const findRun = async (runsFolder: string, wanted: string | undefined): Promise<RecordedRun> => {
  const ids = await runFolders(runsFolder);
  if (wanted !== undefined) {
    const fitting = ids.filter((id) => id.startsWith(wanted));
    const [only, ...others] = fitting.includes(wanted) ? [wanted] : fitting;
    if (only !== undefined && others.length === 0) return readJournal(join(runsFolder, only));
    throw new RatchetError(
      'file-not-found',
      only === undefined
        ? `There is no run ${wanted} in ${runsFolder}.`
        : `${wanted} fits several runs: ${fitting.join(', ')}.`,
      { hint: `"ratchet runs" lists them. ${WHERE}` },
    );
  }
  const running: string[] = [];
  for (const id of ids) {
    const recorded = await readJournal(join(runsFolder, id));
    const run = await pastRun(recorded, id);
    if (run?.state === 'unfinished' && !run.check) return recorded;
    if (run?.state === 'running' && !run.check) running.push(id);
  }
  const busy = running.length > 0 ? ` Run ${running.join(', ')} is still at work.` : '';
  throw new RatchetError('file-not-found', `There is no unfinished run in ${runsFolder}.${busy}`, {
    hint: `"ratchet runs" lists all runs. ${WHERE}`,
  });
};

/** How long runs are kept: the newest `keep` always, older ones until they are `days` old; unfinished ones always. */
export const KEPT_RUNS = { keep: 100, days: 90 } as const;

/** Removes runs that ended, are beyond the newest 100 and began more than 90 days ago. Gives the ids removed. */
export const pruneRuns = async (runsFolder: string, now: Date, rule = KEPT_RUNS): Promise<readonly string[]> => {
  const oldest = new Date(now.getTime() - rule.days * 86_400_000).toISOString().replace(/[-:]/g, '').slice(0, 15);
  const removed: string[] = [];
  for (const id of (await runFolders(runsFolder)).slice(rule.keep)) {
    if (id.slice(0, 15) >= oldest) continue;
    const folder = join(runsFolder, id);
    const run = await readJournal(folder).then(
      (recorded) => pastRun(recorded, id),
      // A damaged journal is for a person to look at.
      () => undefined,
    );
    if (run?.state !== 'ended') continue;
    await rm(folder, { recursive: true, force: true });
    removed.push(id);
  }
  return removed;
};
