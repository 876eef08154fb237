import { join } from 'node:path';
import { EXIT } from '@ratchet/core';
import { isUnfinished, lastEnd, readJournal, runFolders } from '@ratchet/runner';
import type { Fleet } from './fleet.js';
import { EXPECTED, ONCE, RESTARTS } from './scenario.js';

/** Exit code of a run that waits for a decision. */
export const UNDECIDED: number = EXIT.undecided;

/** The steps that `resume` left to the operator, and the host of each. */
const undecidedSteps = async (runs: string): Promise<readonly { readonly step: string; readonly host: string }[]> => {
  const [id] = await runFolders(runs);
  const { events } = await readJournal(join(runs, id as string));
  const since = events.findLastIndex((event) => event.type === 'run_resumed');
  return events.slice(since).flatMap((event) => (event.type === 'host_stopped' ? [event] : []));
};

/** What an operator does of a run that waits for a decision: looks at the host, and says redo when the command did not run, skip when it did. `command`: what this run's one is known by. */
export const decisions = async (runs: string, fleet: Fleet, command = 'once-plain'): Promise<readonly string[]> => {
  const said: string[] = [];
  for (const { step, host } of await undecidedSteps(runs))
    said.push((await fleet.ran(host, command)) === 0 ? '--redo' : '--skip', step);
  return said;
};

/** What is wrong with a host after the scenario is through. `skipped`: its command was decided by the operator, so that its result is not known. */
export const checkHost = async (fleet: Fleet, host: string, skipped: boolean): Promise<readonly string[]> => {
  const problems: string[] = [...(await fleet.refused(host))];
  const values = await fleet.values(host);
  for (const [key, expected] of Object.entries(EXPECTED)) {
    const known = skipped && key.endsWith('|registered') ? values[key] : expected;
    if (values[key] === undefined || values[key] !== known)
      problems.push(`${host}: ${key} is ${values[key]}, not ${expected}`);
  }
  if (fleet.reboots(host) !== RESTARTS)
    problems.push(`${host}: restarted ${fleet.reboots(host)} times, not ${RESTARTS}`);
  if (await fleet.isLocked(host)) problems.push(`${host}: it is still locked`);
  for (const text of ONCE) {
    const times = await fleet.ran(host, text);
    if (times !== 1) problems.push(`${host}: the command ${text} ran ${times} times`);
  }
  return problems;
};

/** What is wrong with the journals of a project folder: each must be readable, and no step changed twice in it. */
export const checkJournals = async (runs: string): Promise<readonly string[]> =>
  (await Promise.all((await runFolders(runs)).map((id) => changedTwice(join(runs, id))))).flat();

const changedTwice = async (folder: string): Promise<readonly string[]> => {
  const { events } = await readJournal(folder);
  const ends = new Map<string, number>();
  for (const event of events)
    if (event.type === 'step_finished' && event.outcome === 'changed')
      ends.set(event.step, (ends.get(event.step) ?? 0) + 1);
  return [...ends]
    .filter(([, times]) => times > 1)
    .map(([step, times]) => `${step} is changed ${times} times in the journal`);
};

/** The same for a folder in which there must have been one run only. */
export const checkJournal = async (runs: string): Promise<readonly string[]> => {
  const ids = await runFolders(runs);
  return ids.length === 1 ? checkJournals(runs) : [`there are ${ids.length} runs, not one`];
};

/** The exit code of the newest run, when it came to its end. */
export const endOf = async (runs: string): Promise<number | undefined> => {
  const [id] = await runFolders(runs);
  const { events } = await readJournal(join(runs, id as string));
  return isUnfinished(events) ? undefined : lastEnd(events)?.exitCode;
};

/** Whether the newest run came as far as a journal with an event in it. */
export const hasBeginning = async (runs: string): Promise<boolean> => {
  const [id] = await runFolders(runs);
  return (await readJournal(join(runs, id as string))).events.length > 0;
};
