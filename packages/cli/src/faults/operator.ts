import { join } from 'node:path';
import { EXIT } from '@ratchet/core';
import { runFolders } from '@ratchet/runner';
import type { Ended } from '../crash/controller.js';
import { checkHost, checkJournals, decisions, endOf, hasBeginning } from '../crash/judge.js';
import { type Bench, PATIENT } from './bench.js';

const MOST = 6;

/** Where a project folder keeps its runs. */
export const runsIn = (project: string): string => join(project, '.ratchet', 'runs');

/** One controller: a project folder, what it adds to the command line, and how its command without `creates` is known. */
export interface Controller {
  readonly project: string;
  readonly flags: readonly string[];
  readonly command: string;
}

const first = ({ project }: Bench): Controller => ({ project, flags: PATIENT, command: 'once-plain' });

/** The command without `creates` is asked for anew with a run; it must not stumble over what the first one made. */
const anotherCommand = async ({ fleet, victimName }: Bench, { command }: Controller): Promise<readonly string[]> =>
  (await fleet.ran(victimName, command)) === 0 ? [] : ['-e', 'whose=-again'];

/** What the operator types next, as the documents say: resume, with decisions if they are asked for, or run again what failed. */
const nextCommand = async (bench: Bench, by: Controller, last: Ended): Promise<readonly string[]> => {
  const runs = runsIn(by.project);
  const again = ['run', bench.playbook, '-i', bench.fleet.inventory, ...by.flags];
  const [id] = await runFolders(runs);
  if (id === undefined || !(await hasBeginning(runs))) return again;
  const end = await endOf(runs);
  if (end === EXIT.failed) return [...again, '--limit', bench.victimName, ...(await anotherCommand(bench, by))];
  if (last.code === EXIT.undecided) return ['resume', id, ...(await decisions(runs, bench.fleet, by.command))];
  return ['resume', id];
};

/** Does what an operator does once the fault is over, until the run is through. */
export const getThrough = async (
  bench: Bench,
  ended: Ended,
  by: Controller = first(bench),
): Promise<Ended & { skipped: boolean }> => {
  let last = ended;
  let skipped = false;
  for (let step = 0; last.code !== EXIT.done && step < MOST; step++) {
    const command = await nextCommand(bench, by, last);
    skipped ||= command.includes('--skip');
    last = await bench.ratchet(command, by.project);
  }
  return { ...last, skipped };
};

/** What must hold of every host and journal when the scenario is through. */
export const judgeEnd = async (
  bench: Bench,
  ended: Ended & { readonly skipped?: boolean },
): Promise<readonly string[]> => [
  ...(ended.code === EXIT.done ? [] : [`ended with ${ended.code}: ${ended.out.slice(-1500)}`]),
  ...(await Promise.all(bench.fleet.names.map((name) => checkHost(bench.fleet, name, ended.skipped === true)))).flat(),
  ...(await checkJournals(runsIn(bench.project))),
];

/** What is wrong with how a command ended: its exit code, and texts that its output must hold. */
export const judgeFirst = (ended: Ended, code: number, ...says: readonly (string | RegExp)[]): readonly string[] => {
  const missing = says.filter((text) => (typeof text === 'string' ? !ended.out.includes(text) : !text.test(ended.out)));
  const problems = missing.map((text) => `the output does not say ${String(text)}`);
  if (ended.code !== code) problems.push(`it ended with ${ended.code}, not ${code}`);
  return problems.length === 0 ? [] : [...problems, `it said:\n${ended.out.slice(-2000)}`];
};

/** The lock of the victim is given back, or the operator is told that it could not be. */
export const judgeLockLeft = async ({ fleet, victimName }: Bench, { out }: Ended): Promise<readonly string[]> =>
  (await fleet.isLocked(victimName)) && !out.includes(`${victimName}: the lock was not given back`)
    ? [`${victimName} is locked after the run, and nobody was told`]
    : [];

/** How a run must end whose second value another tool writes back. */
export const judgeWrittenBack = async (bench: Bench, ended: Ended): Promise<readonly string[]> => [
  ...judgeFirst(
    ended,
    EXIT.failed,
    `failed: [${bench.victimName}] (item=2)`,
    'What was written is not there',
    'value2',
    'hint: ',
  ),
  ...(await judgeLockLeft(bench, ended)),
];

/** Each run's own command ran once; all the rest is as after one run. */
export const judgeBoth = async (
  bench: Bench,
  ends: readonly (Ended & { readonly skipped: boolean })[],
  other: Controller,
): Promise<readonly string[]> => {
  const problems: string[] = [...(await checkJournals(runsIn(other.project)))];
  for (const host of bench.fleet.names) {
    const times = await bench.fleet.ran(host, other.command);
    if (times !== 1) problems.push(`${host}: the other controller's command ran ${times} times`);
  }
  const worst = ends.find(({ code }) => code !== EXIT.done) ?? (ends[0] as Ended);
  return [...problems, ...(await judgeEnd(bench, { ...worst, skipped: ends.some((end) => end.skipped) }))];
};

const REFUSED: readonly number[] = [EXIT.done, EXIT.locked, EXIT.unreachableOrParse];

/** What may come of a run that met another one: all done, refused by the lock with its owner's name, or a host in the middle of its restart. */
export const judgeMeeting = (ended: Ended, who: string): readonly string[] => {
  const said =
    ended.code === EXIT.locked ? judgeFirst(ended, EXIT.locked, /is locked by \S+, run \S+, since/, 'hint: ') : [];
  const known = ended.code !== null && REFUSED.includes(ended.code);
  return known ? said.map((one) => `${who}: ${one}`) : [`${who} ended with ${ended.code}: ${ended.out.slice(-1500)}`];
};
