import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { runFolders } from '@ratchet/runner';
import { controller, type Ended } from './controller.js';
import { embeddedFleet } from './embedded-fleet.js';
import { checkHost, checkJournal, decisions, endOf, hasBeginning, UNDECIDED } from './judge.js';
import type { Counts } from './points.js';
import { writeScenario } from './scenario.js';
import { wineFleet } from './wine-fleet.js';

/** The kinds of hosts that are crashed against. */
export type Kind = 'embedded' | 'wine';

// Longer than a controller takes to start, so that what is resumed finds hosts that are down, as real ones are.
const EMBEDDED_DOWN_MS = 1_500;

const FLEETS = {
  embedded: (folder: string, count: number) => embeddedFleet(folder, count, { downMs: EMBEDDED_DOWN_MS }),
  wine: wineFleet,
} as const;

/** What came of one crash point: `problems` is empty when everything held. */
export interface Tried {
  readonly point: string;
  readonly reached: boolean;
  readonly resumes: number;
  readonly problems: readonly string[];
}

const MOST_RESUMES = 6;

/** Runs the scenario with the controller killed at a point, resumes until it is through, and checks what must hold. */
export const tryPoint = async (kind: Kind, point: string): Promise<Tried> => {
  const folder = await mkdtemp(join(tmpdir(), 'ratchet-crash-'));
  const fleet = await FLEETS[kind](folder, 3);
  const runs = join(folder, '.ratchet', 'runs');
  let resumes = 0;
  let skipped = false;
  try {
    const playbook = relative(folder, await writeScenario(folder));
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

/** How many journal appends and host commands an undisturbed run has. */
export const countPoints = async (kind: Kind): Promise<Counts> => {
  const folder = await mkdtemp(join(tmpdir(), 'ratchet-crash-'));
  const fleet = await FLEETS[kind](folder, 3);
  try {
    const playbook = relative(folder, await writeScenario(folder));
    const count = join(folder, 'count.json');
    const ended = await controller(folder, ['run', playbook, '-i', fleet.inventory], { RATCHET_CRASH_COUNT: count });
    if (ended.code !== 0) throw new Error(`the undisturbed run ended with ${ended.code}:\n${ended.out}`);
    return JSON.parse(await readFile(count, 'utf8')) as Counts;
  } finally {
    await fleet.stop();
    await rm(folder, { recursive: true, force: true });
  }
};
