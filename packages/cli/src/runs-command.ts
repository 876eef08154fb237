import { join } from 'node:path';
import {
  type Change,
  type HostRecap,
  RatchetError,
  type StampedEvent,
  showChange,
  toRatchetError,
} from '@ratchet/core';
import { findRun, historyOf, type PastRun, pastRun, type RecordedStep, readJournal, runFolders } from '@ratchet/runner';
import type { RunSurroundings } from './run-command.js';
import type { RunsFlags } from './runs-flags.js';
import { type StepName, stepName, stepNames } from './step-names.js';

type Around = Pick<RunSurroundings, 'stdout' | 'stderr' | 'cwd'>;

const jsonText = (value: unknown): string =>
  `${JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? part.toString() : part), 2)}\n`;

const outcomeOf = (run: PastRun): string =>
  run.state === 'ended' ? `exit ${run.exitCode}` : run.state === 'running' ? 'running' : 'unfinished';

const counts = (hosts: Readonly<Record<string, HostRecap>>): string => {
  const all = Object.values(hosts);
  const sum = (key: keyof HostRecap): number => all.reduce((total, host) => total + host[key], 0);
  return `${all.length} hosts, ${sum('changed')} changed, ${sum('failed') + sum('unreachable')} failed or unreachable`;
};

const listLine = (run: PastRun): string =>
  `${run.id}  ${run.started.slice(0, 19).replace('T', ' ')}  ${outcomeOf(run).padEnd(10)}  ${run.check ? 'check  ' : ''}${run.playbooks.join(' ')} (${counts(run.hosts)}, by ${run.user})`;

const list = async (runsFolder: string, flags: RunsFlags, around: Around): Promise<number> => {
  const runs: PastRun[] = [];
  for (const id of await runFolders(runsFolder)) {
    try {
      const run = await pastRun(await readJournal(join(runsFolder, id)), id);
      if (run) runs.push(run);
    } catch (thrown) {
      // One damaged journal must not hide the others.
      around.stderr.write(`[WARNING]: ${toRatchetError(thrown).message}\n`);
    }
  }
  around.stdout.write(
    flags.json ? jsonText(runs) : runs.length === 0 ? 'No runs.\n' : `${runs.map(listLine).join('\n')}\n`,
  );
  return 0;
};

const changeLines = (changes: readonly Change[]): readonly string[] =>
  changes.map((change) => `        ${showChange(change)}`);

/** A step with its name, as the run showed it. */
type NamedStep = RecordedStep & StepName;

const withNames = (events: readonly StampedEvent[], steps: readonly RecordedStep[]): readonly NamedStep[] => {
  const names = stepNames(events);
  return steps.map((step) => ({ ...names.get(step.step), ...step }));
};

const shownStep = (step: NamedStep): string => [...stepName(step), step.step].join('  ');

const stepLines = (step: NamedStep): readonly string[] => [
  `    ${step.state === 'finished' ? step.outcome : `${step.state} (no end in the journal)`}: ${shownStep(step)}`,
  ...changeLines(step.changes),
  ...(step.failure ? [`        ${step.failure.message}`] : []),
];

const heading = (run: PastRun, events: readonly StampedEvent[]): readonly string[] => {
  const again = events.filter((event) => event.type === 'run_resumed');
  return [
    `run ${run.id}: ${outcomeOf(run)}${run.check ? ', check' : ''}`,
    `  started ${run.started} by ${run.user} with Ratchet ${run.version}`,
    ...again.map((event) => `  continued ${event.at}`),
    ...run.playbooks.map((path) => `  playbook ${path}`),
    `  folder ${run.folder}`,
  ];
};

const show = async (runsFolder: string, wanted: string, flags: RunsFlags, around: Around): Promise<number> => {
  const recorded = await findRun(runsFolder, wanted);
  const run = await pastRun(recorded, recorded.folder.split(/[\\/]/).at(-1) ?? wanted);
  if (!run) throw new RatchetError('journal-damaged', `The journal in ${recorded.folder} holds no run.`);
  const steps = withNames(recorded.events, [...historyOf(recorded.events).steps.values()]);
  const hosts = [...new Set(steps.map((step) => step.host))]
    .filter((host) => !flags.host || host === flags.host)
    .sort();
  if (flags.host !== undefined && hosts.length === 0)
    throw new RatchetError('no-hosts', `The run did nothing on a host ${flags.host}.`);
  const of = (host: string): readonly NamedStep[] => steps.filter((step) => step.host === host);
  if (flags.json)
    around.stdout.write(jsonText({ ...run, steps: Object.fromEntries(hosts.map((host) => [host, of(host)])) }));
  else
    around.stdout.write(
      `${[...heading(run, recorded.events), ...hosts.flatMap((host) => [`  ${host}`, ...of(host).flatMap(stepLines)])].join('\n')}\n`,
    );
  return 0;
};

/** Lists past runs, or tells what one did on each host, step by step, with its changes before and after. */
export const runsCommand = (flags: RunsFlags, around: Around): Promise<number> => {
  const runsFolder = join(around.cwd, '.ratchet', 'runs');
  return flags.show === undefined ? list(runsFolder, flags, around) : show(runsFolder, flags.show, flags, around);
};
