import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import {
  type Debt,
  EXIT,
  exitCodeOf,
  type HostRecap,
  type RatchetError,
  type ReadingHabit,
  type RunEvent,
  toPlain,
  toRatchetError,
  worstExitCode,
} from '@ratchet/core';
import type { Play, Playbook } from '@ratchet/playbook';
import { approvalOf } from './approval.js';
import { askVars } from './ask-vars.js';
import { refuseBecomeBefore } from './become-before.js';
import type { Resume, RunContext } from './contexts.js';
import { openDebtBook } from './debts.js';
import { eventSink } from './events.js';
import { cacheFacts } from './fact-cache.js';
import { changedSince, type Fingerprints, fingerprintsOf } from './fingerprints.js';
import { historyOf } from './history.js';
import { releaseLocks } from './host-lock.js';
import type { HostState } from './host-state.js';
import { openJournal, reopenJournal } from './journal.js';
import { openMetHosts } from './met-hosts.js';
import { JOURNAL_VERSION } from './read-journal.js';
import type { ResumeOptions, RunOptions, RunSummary } from './run-options.js';
import { hostsBefore, runPlay, templarBefore } from './run-play.js';

/**
 * A run's id: the UTC time to the millisecond and four random hex digits. Ids sort by time, also of runs that follow
 * each other within a second (the newest is what `resume` takes), and two controllers do not collide.
 */
export const newRunId = (now: Date): string =>
  `${now.toISOString().replace(/[-:Z]/g, '')}-${randomBytes(2).toString('hex')}`;

// As in Ansible, a host for which nothing was to do is not told.
const tookPart = ({ recap, stopped }: HostState): boolean =>
  stopped !== undefined || Object.values(recap).some((count) => count > 0);

const recaps = (run: RunContext): Readonly<Record<string, HostRecap>> =>
  Object.fromEntries(
    [...run.hosts]
      .filter(([, host]) => tookPart(host))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, host]) => [name, { ...host.recap }]),
  );

const debtsOf = (run: RunContext): Readonly<Record<string, readonly Debt[]>> =>
  Object.fromEntries(
    [...run.hosts].filter(([, host]) => host.debts.length > 0).map(([name, host]) => [name, host.debts]),
  );

const statsOf = ({ stats }: RunContext): { readonly stats?: Readonly<Record<string, unknown>> } =>
  stats.size === 0 ? {} : { stats: toPlain(new Map(stats)) as Readonly<Record<string, unknown>> };

const hostCodes = (run: RunContext): readonly number[] =>
  [...run.hosts.values()].flatMap((host) => {
    const unforgiven = host.recap.failed + host.recap.unreachable > host.forgiven;
    if (host.unreachable || (unforgiven && host.recap.unreachable > 0)) return [EXIT.unreachableOrParse];
    const stopped = host.stopped ? [exitCodeOf(host.stopped.code)] : [];
    return host.failed || (unforgiven && host.recap.failed > 0) ? [EXIT.failed, ...stopped] : stopped;
  });

const closeAll = async (run: RunContext): Promise<void> => {
  await Promise.allSettled(
    [...run.hosts.values()].flatMap((host) => [...host.ports.values()].map((port) => port.close())),
  );
};

/** What was found out about how to read from the hosts that were met. */
const noteHabits = async (run: RunContext): Promise<void> => {
  const met = [...run.hosts.values()].filter((host) => host.home?.habit !== undefined);
  await Promise.all(met.map((host) => run.met.note(host.name, host.home?.habit as ReadingHabit)));
};

/** Ctrl-C: cuts every connection, so that what waits for a host ends at once. */
const cutOnAbort = (run: RunContext): void => {
  run.options.signal.addEventListener('abort', () => void closeAll(run), { once: true });
};

const backupsIn = async (folder: string): Promise<number> =>
  (await readdir(folder)).filter((name) => name.endsWith('.reg')).length;

const resumeOf = ({ recorded, redo, skip }: ResumeOptions): Resume => ({
  history: historyOf(recorded.events),
  redo: new Set(redo),
  skip: new Set(skip),
});

const beginning = (options: RunOptions, id: string, salt: string): RunEvent => {
  const { playbooks, user, version, check, resume } = options;
  if (resume) return { type: 'run_resumed', run: id, user, version, redo: resume.redo, skip: resume.skip };
  return {
    type: 'run_started',
    journal: JOURNAL_VERSION,
    salt,
    ...(options.rollback === undefined ? {} : { rollback: options.rollback }),
    run: id,
    playbooks: playbooks.map((playbook) => playbook.file.path),
    plays: playbooks.map((playbook) => playbook.plays.length),
    user,
    version,
    fingerprints: fingerprintsOf(playbooks, options.inventory, options.secrets),
    check,
    options: {
      limit: options.limit ?? null,
      tags: options.tags,
      skipTags: options.skipTags,
      forks: options.forks,
      diff: options.diff,
    },
    ...(options.start ? { start: options.start } : {}),
  };
};

const fingerprintsBefore = ({ resume, approved }: RunOptions): Fingerprints | undefined => {
  if (approved) return approved.fingerprints;
  const first = resume?.acceptChanges ? undefined : resume?.recorded.events[0];
  return first?.type === 'run_started' ? first.fingerprints : undefined;
};

const refuseChanges = (options: RunOptions): void => {
  const before = fingerprintsBefore(options);
  if (!before) return;
  const now = fingerprintsOf(options.playbooks, options.inventory, options.secrets);
  const moved = changedSince(before, now, options.approved ? 'plan' : 'run');
  if (moved) throw moved;
};

const saltOf = (resume: ResumeOptions | undefined): string | undefined => {
  const first = resume?.recorded.events[0];
  return first?.type === 'run_started' ? first.salt : undefined;
};

const openRun = async (
  options: RunOptions,
): Promise<{ readonly id: string; readonly run: RunContext; readonly settled: () => Promise<void> }> => {
  const { resume } = options;
  const id = resume ? basename(resume.recorded.folder) : newRunId(new Date());
  const journal = resume
    ? await reopenJournal(resume.recorded, options.secrets)
    : await (options.openJournal ?? openJournal)(options.runsFolder, id, options.secrets);
  const debts = await openDebtBook(join(dirname(options.runsFolder), 'owed'), id);
  const met = await openMetHosts(join(dirname(options.runsFolder), 'met'), id);
  const background: Promise<void>[] = [];
  const salt = saltOf(resume) ?? randomBytes(16).toString('hex');
  const run: RunContext = {
    id,
    options,
    sink: eventSink(journal, options.secrets, options.onEvent, () => new Date(), resume?.recorded.events.at(-1)?.seq),
    journal,
    salt,
    stepSalt: options.approved?.salt ?? salt,
    debts,
    met,
    hosts: new Map(),
    stats: new Map(),
    answers: new Map(),
    backups: resume ? await backupsIn(resume.recorded.folder) : 0,
    ...(resume ? { resume: resumeOf(resume) } : {}),
    ...(options.approved ? { approval: approvalOf(options.approved) } : {}),
    background: (work) => {
      work.catch(() => undefined);
      background.push(work);
    },
  };
  return { id, run, settled: async () => void (await Promise.all(background)) };
};

const playsOf = (run: RunContext): readonly { readonly playbook: Playbook; readonly play: Play }[] =>
  run.options.playbooks.flatMap((playbook) => playbook.plays.map((play) => ({ playbook, play })));

const lookAhead = (run: RunContext): void =>
  refuseBecomeBefore(playsOf(run).map(({ playbook, play }, index) => hostsBefore(run, playbook, play, index)));

// All questions come first, so that nobody is waited for half-way.
const askAll = async (run: RunContext): Promise<void> => {
  for (const [index, { playbook, play }] of playsOf(run).entries())
    run.answers.set(index, await askVars(run, play, index, templarBefore(run, playbook, play, index)));
};

const runAll = async (run: RunContext): Promise<RatchetError | undefined> => {
  try {
    const { prelude } = run.options;
    for (const [at, play] of (prelude?.plays ?? []).entries())
      await runPlay(run, prelude as Playbook, play, at - (prelude?.plays.length ?? 0));
    await askAll(run);
    lookAhead(run);
    let index = 0;
    for (const playbook of run.options.playbooks) {
      let broken = false;
      for (const play of playbook.plays) {
        if (!broken) broken = await runPlay(run, playbook, play, index);
        index += 1;
      }
    }
    return undefined;
  } catch (thrown) {
    return toRatchetError(thrown);
  }
};

/**
 * Runs playbooks to their end: events to the journal and the view, hosts closed, the exit code decided. Failures of hosts are in the
 * summary; what stops the whole run (an interrupt, a journal that cannot be written, our own faults) is thrown after the
 * recap was told.
 */
export const runPlaybooks = async (options: RunOptions): Promise<RunSummary> => {
  refuseChanges(options);
  const { id, run, settled } = await openRun(options);
  const { check } = options;
  cutOnAbort(run);
  try {
    if (!options.resume) options.intoFolder?.(run.journal.folder);
    await run.sink.emit(beginning(options, id, run.salt));
    const stopped = await runAll(run);
    if (!options.planning) await cacheFacts(run);
    await releaseLocks(run);
    const codes = [...hostCodes(run), ...(stopped ? [exitCodeOf(stopped.code)] : [])];
    const exitCode = worstExitCode(codes);
    const hosts = recaps(run);
    if (stopped?.code !== 'journal-write') {
      await settled();
      await noteHabits(run);
      const debts = check ? {} : debtsOf(run);
      await run.sink.emit({ type: 'run_finished', run: id, hosts, debts, ...statsOf(run), exitCode });
    }
    if (stopped) throw stopped;
    return { run: id, hosts, exitCode };
  } finally {
    await closeAll(run);
    await run.journal.close();
  }
};
