// npm run crash-matrix: kills the controller everywhere, resumes, and checks. Prints points and failures.
import { countOf, oneOf, partOf, toolValues } from '../tool-arguments.js';
import { crashPoints } from './points.js';
import { countPoints, type Kind, type Tried, tryPoint } from './try-point.js';

const values = toolValues({
  call: 'npm run crash-matrix --',
  summary: 'Kills the controller at every point of a run, resumes, and checks what must hold.',
  options: {
    kind: { type: 'string', default: 'embedded' },
    points: { type: 'string' },
    point: { type: 'string', multiple: true },
    slice: { type: 'string' },
    jobs: { type: 'string', default: '2' },
  },
  says: {
    kind: 'KIND: embedded (default) or wine hosts',
    points: 'N: so many points, spread over all; default all',
    point: 'POINT: this one, e.g. journal:20:after or exec:7:during; may be given again',
    slice: 'K/N: of these each Nth, from the Kth: N runs with K from 1 to N try all',
    jobs: 'N: so many points at a time; default 2',
  },
});

const kind: Kind = oneOf('--kind', ['embedded', 'wine'], values.kind);
const jobs = countOf('--jobs', values.jobs);
const wanted = values.points === undefined ? Number.POSITIVE_INFINITY : countOf('--points', values.points);

/** How many points between two words about how it goes. */
const TOLD_EACH: Readonly<Record<Kind, number>> = { embedded: 20, wine: 4 };

/** Every point there is, or `wanted` of them spread evenly. */
const spread = (all: readonly string[], wanted: number): readonly string[] => {
  if (wanted >= all.length) return all;
  return Array.from({ length: wanted }, (_, index) => all[Math.floor((index * all.length) / wanted)] as string);
};

/** Each Nth of the points from the Kth: all of them on wine hosts take longer than anybody waits. */
const sliced = (all: readonly string[], text: string | undefined): readonly string[] => {
  if (text === undefined) return all;
  const { part, of } = partOf('--slice', text);
  return all.filter((_, index) => index % of === part - 1);
};

const points = sliced(values.point ?? spread(crashPoints(await countPoints(kind)), wanted), values.slice);
const failed: Tried[] = [];
let done = 0;
let reached = 0;
const queue = [...points];
const worker = async (): Promise<void> => {
  for (let point = queue.shift(); point !== undefined; point = queue.shift()) {
    const tried = await tryPoint(kind, point).catch(
      (error): Tried => ({ point, reached: false, resumes: 0, problems: [`the matrix itself: ${error}`] }),
    );
    done += 1;
    if (done % TOLD_EACH[kind] === 0)
      process.stderr.write(`${done} of ${points.length} points tried, ${failed.length} failed\n`);
    if (tried.reached) reached += 1;
    if (tried.problems.length === 0) continue;
    failed.push(tried);
    process.stdout.write(
      `FAILED ${point} (${tried.resumes} resumes)\n${tried.problems.map((one) => `  ${one}\n`).join('')}`,
    );
  }
};
await Promise.all(Array.from({ length: jobs }, worker));
process.stdout.write(
  `crash matrix (${kind} hosts): ${done} points tried, ${reached} reached, ${failed.length} failed\n`,
);
process.exitCode = failed.length === 0 ? 0 : 1;
