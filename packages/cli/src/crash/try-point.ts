import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isUnfinished, lastEnd, readJournal, runFolders } from '@ratchet/runner';
import { controller, type Ended } from './controller.js';
import { embeddedFleet } from './embedded-fleet.js';
import type { Fleet } from './fleet.js';
import { EXPECTED, ONCE, RESTARTS, writeScenario } from './scenario.js';
import { wineFleet } from './wine-fleet.js';

/** The kinds of hosts that are crashed against. */
export type Kind = 'embedded' | 'wine';

const FLEETS = { embedded: embeddedFleet, wine: wineFleet } as const;

/** What came of one crash point: `problems` is empty when everything held. */
export interface Tried {
  readonly point: string;
  readonly reached: boolean;
  readonly resumes: number;
  readonly problems: readonly string[];
}

const UNDECIDED = 12;
const MOST_RESUMES = 6;

/** The steps that `resume` left to the operator, and the host of each. */
const undecidedSteps = async (runs: string): Promise<readonly { readonly step: string; readonly host: string }[]> => {
  const [id] = await runFolders(runs);
  const { events } = await readJournal(join(runs, id as string));
  const since = events.findLastIndex((event) => event.type === 'run_resumed');
  return events.slice(since).flatMap((event) => (event.type === 'host_stopped' ? [event] : []));
};

/** What an operator does: looks at the host, and says redo when the command did not run, skip when it did. */
const decisions = async (runs: string, fleet: Fleet): Promise<readonly string[]> => {
  const said: string[] = [];
  for (const { step, host } of await undecidedSteps(runs))
    said.push((await fleet.ran(host, 'once-plain')) === 0 ? '--redo' : '--skip', step);
  return said;
};

const checkHost = async (fleet: Fleet, host: string, skipped: boolean): Promise<readonly string[]> => {
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

const checkJournal = async (runs: string): Promise<readonly string[]> => {
  const ids = await runFolders(runs);
  if (ids.length !== 1) return [`there are ${ids.length} runs, not one`];
  const { events } = await readJournal(join(runs, ids[0] as string));
  const ends = new Map<string, number>();
  for (const event of events)
    if (event.type === 'step_finished' && event.outcome === 'changed')
      ends.set(event.step, (ends.get(event.step) ?? 0) + 1);
  return [...ends]
    .filter(([, times]) => times > 1)
    .map(([step, times]) => `${step} is changed ${times} times in the journal`);
};

/** Runs the scenario with the controller killed at a point, resumes until it is through, and checks what must hold. */
export const tryPoint = async (kind: Kind, point: string): Promise<Tried> => {
  const folder = await mkdtemp(join(tmpdir(), 'ratchet-crash-'));
  const fleet = await FLEETS[kind](folder, 3);
  const runs = join(folder, '.ratchet', 'runs');
  let resumes = 0;
  let skipped = false;
  try {
    const playbook = await writeScenario(folder);
    let ended: Ended = await controller(folder, ['run', playbook, '-i', fleet.inventory], { RATCHET_CRASH_AT: point });
    const reached = ended.killed;
    let more: readonly string[] = [];
    while (ended.code !== 0 && resumes < MOST_RESUMES) {
      // Killed before the run had a journal: nothing was done, and the operator runs it again.
      const begun = (await runFolders(runs)).length > 0 && (await hasBeginning(runs));
      const end = begun ? await endOf(runs) : undefined;
      if (end !== undefined) {
        // Killed after the run's own end was on disk: there is nothing to resume.
        ended = { ...ended, code: end };
        break;
      }
      if (!begun) await rm(runs, { recursive: true, force: true });
      ended = await controller(folder, begun ? ['resume', ...more] : ['run', playbook, '-i', fleet.inventory]);
      resumes += 1;
      if (ended.code !== 0 && ended.code !== UNDECIDED && begun) break;
      more = ended.code === UNDECIDED ? await decisions(runs, fleet) : [];
      skipped ||= more.includes('--skip');
    }
    const problems = [
      ...(ended.code === 0 ? [] : [`ended with ${ended.code}: ${ended.out.slice(-1500)}`]),
      ...(await Promise.all(fleet.names.map((name) => checkHost(fleet, name, skipped)))).flat(),
      ...(await checkJournal(runs)),
    ];
    return { point, reached, resumes, problems };
  } finally {
    await fleet.stop();
    await rm(folder, { recursive: true, force: true });
  }
};

/** The exit code of the only run, when it came to its end. */
const endOf = async (runs: string): Promise<number | undefined> => {
  const [id] = await runFolders(runs);
  const { events } = await readJournal(join(runs, id as string));
  return isUnfinished(events) ? undefined : lastEnd(events)?.exitCode;
};

const hasBeginning = async (runs: string): Promise<boolean> => {
  const [id] = await runFolders(runs);
  return (await readJournal(join(runs, id as string))).events.length > 0;
};

/** How many journal appends and host commands an undisturbed run has. */
export const countPoints = async (kind: Kind): Promise<{ readonly journal: number; readonly exec: number }> => {
  const folder = await mkdtemp(join(tmpdir(), 'ratchet-crash-'));
  const fleet = await FLEETS[kind](folder, 3);
  try {
    const playbook = await writeScenario(folder);
    const count = join(folder, 'count.json');
    const ended = await controller(folder, ['run', playbook, '-i', fleet.inventory], { RATCHET_CRASH_COUNT: count });
    if (ended.code !== 0) throw new Error(`the undisturbed run ended with ${ended.code}:\n${ended.out}`);
    return JSON.parse(await readFile(count, 'utf8')) as { journal: number; exec: number };
  } finally {
    await fleet.stop();
    await rm(folder, { recursive: true, force: true });
  }
};
