// npm run fault-matrix: lets every fault happen during the crash matrix's scenario, and checks the right result.
import { embeddedFleet } from '../crash/embedded-fleet.js';
import type { Fleet } from '../crash/fleet.js';
import { wineFleet } from '../crash/wine-fleet.js';
import { countOf, oneOf, toolValues } from '../tool-arguments.js';
import { absences } from './absences.js';
import { type Bench, onBench, onFleet } from './bench.js';
import { controllerDisk } from './controller-disk.js';
import { type Counted, counting, cuts } from './cuts.js';
import { failingRuns } from './failing-runs.js';
import type { Fault } from './fault.js';
import { hangs } from './hangs.js';
import { hostFiles } from './host-files.js';
import { hostKeys } from './host-keys.js';
import { mountLack } from './mounted.js';
import { type RealBench, realHosts } from './real-hosts.js';
import { restarts } from './restarts.js';
import { rollbacks } from './rollbacks.js';
import { twoControllers } from './two-controllers.js';
import { wires } from './wire.js';

const values = toolValues({
  call: 'npm run fault-matrix --',
  summary: 'Lets things go wrong at every place of a run, and checks the right result.',
  options: {
    full: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true },
    jobs: { type: 'string', default: '2' },
    kind: { type: 'string', default: 'embedded' },
  },
  says: {
    full: 'all faults; without it the short form',
    list: 'only names them',
    only: 'NAME: those whose names begin so; may be given again',
    jobs: 'N: so many faults at a time; default 2',
    kind: 'KIND: embedded (default) or wine hosts',
  },
});

const say = (text: string): void => void process.stdout.write(`${text}\n`);

const tally = { tried: 0, failed: 0, skipped: 0 };

/** A fault with the hosts it is tried on. */
interface Try extends Pick<Fault, 'name' | 'short' | 'lack'> {
  attempt(): Promise<readonly string[]>;
}

const onEmbedded = (fault: Fault): Try => ({ ...fault, attempt: () => onBench(fault, (bench) => fault.try(bench)) });

interface Users {
  readonly otherUsers: readonly string[];
}

const FLEETS = {
  embedded: (folder: string, users: Users) => embeddedFleet(folder, 2, users),
  wine: (folder: string, users: Users) => wineFleet(folder, 1, users),
} as const;

const onAny = (kind: keyof typeof FLEETS, fault: Fault<Bench>): Try => ({
  ...fault,
  ...(kind === 'wine' && fault.otherUsers ? { lack: mountLack } : {}),
  attempt: () =>
    onFleet<Fleet, readonly string[]>(
      fault,
      (folder) => FLEETS[kind](folder, { otherUsers: fault.otherUsers ?? [] }),
      (bench) => fault.try(bench),
    ),
});

const tryIt = async ({ name, lack, attempt }: Try): Promise<void> => {
  const reason = await lack?.();
  if (reason !== undefined) {
    tally.skipped += 1;
    say(`SKIPPED ${name}: ${reason}`);
    return;
  }
  const problems = await attempt().catch((thrown: unknown) => [String(thrown)]);
  tally.tried += 1;
  if (problems.length === 0) return;
  tally.failed += 1;
  say(`FAILED ${name}\n${problems.map((one) => `  ${one}`).join('\n')}`);
};

const inParallel = async (tries: readonly Try[], jobs: number): Promise<void> => {
  const queue = [...tries];
  let done = 0;
  const worker = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      await tryIt(next);
      done += 1;
      if (done % 20 === 0) process.stderr.write(`${done} of ${tries.length} faults tried, ${tally.failed} failed\n`);
    }
  };
  await Promise.all(Array.from({ length: jobs }, worker));
};

/** Faults of embedded hosts: everywhere in a run, whose commands and requests are counted first. */
const embeddedTries = async (): Promise<readonly Try[]> => {
  const none = { journal: 0, exec: 0 };
  let counted: Counted = { execs: 0, own: [], requests: 0, rollback: none, failing: none };
  const undisturbed = counting((found) => {
    counted = found;
  });
  await tryIt(onEmbedded(undisturbed));
  return [
    ...cuts(counted),
    ...controllerDisk(counted.execs),
    ...restarts,
    ...hostKeys,
    ...absences(counted.execs),
    ...hostFiles(counted.execs),
    ...twoControllers(counted.execs),
    ...rollbacks(counted.rollback),
    ...failingRuns(counted.failing),
    ...hangs(counted.own),
  ].map(onEmbedded);
};

/** Faults of real hosts. */
const onReal = (fault: Fault<RealBench>): Try => ({
  ...fault,
  attempt: () =>
    onFleet(
      fault,
      (folder) => wineFleet(folder, 1),
      (bench) => fault.try(bench),
    ),
});

const kind = oneOf('--kind', ['embedded', 'wine'], values.kind);
const jobs = countOf('--jobs', values.jobs);
const own = kind === 'embedded' ? await embeddedTries() : realHosts.map(onReal);
const all = [...own, ...wires.map((fault) => onAny(kind, fault))];
const isNamed = ({ name }: Try): boolean => values.only?.some((start) => name.startsWith(start)) ?? true;
const everything = values.full || values.only !== undefined || kind === 'wine';
const chosen = all.filter((one) => isNamed(one) && (everything || one.short));
if (values.list) for (const { name } of chosen) say(name);
else await inParallel(chosen, jobs);
say(`fault matrix (${kind} hosts): ${tally.tried} points tried, ${tally.failed} failed, ${tally.skipped} skipped`);
process.exitCode = tally.failed === 0 ? 0 : 1;
