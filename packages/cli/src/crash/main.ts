// npm run crash-matrix [-- --kind embedded|wine] [-- --points N] [-- --point P] [-- --jobs N]: kills the controller everywhere, resumes, and checks. Prints points and failures.
import { parseArgs } from 'node:util';
import { countPoints, type Kind, type Tried, tryPoint } from './try-point.js';

const { values } = parseArgs({
  options: {
    kind: { type: 'string', default: 'embedded' },
    points: { type: 'string' },
    point: { type: 'string', multiple: true },
    jobs: { type: 'string' },
  },
});

if (values.kind !== 'embedded' && values.kind !== 'wine')
  throw new Error(`--kind takes embedded or wine, not ${values.kind}`);
const kind: Kind = values.kind;

/** Every point there is, or `wanted` of them spread evenly. */
const spread = (all: readonly string[], wanted: number): readonly string[] => {
  if (wanted >= all.length) return all;
  return Array.from({ length: wanted }, (_, index) => all[Math.floor((index * all.length) / wanted)] as string);
};

const allPoints = async (): Promise<readonly string[]> => {
  const { journal, exec } = await countPoints(kind);
  const points = (kind: string, count: number, moments: readonly string[]): readonly string[] =>
    Array.from({ length: count }, (_, index) => moments.map((moment) => `${kind}:${index + 1}:${moment}`)).flat();
  return [
    ...points('journal', journal, ['before', 'torn', 'after']),
    ...points('exec', exec, ['before', 'during', 'after']),
  ];
};

const points = values.point ?? spread(await allPoints(), Number(values.points ?? Number.POSITIVE_INFINITY));
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
    if (done % 20 === 0) process.stderr.write(`${done} of ${points.length} points tried, ${failed.length} failed\n`);
    if (tried.reached) reached += 1;
    if (tried.problems.length === 0) continue;
    failed.push(tried);
    process.stdout.write(
      `FAILED ${point} (${tried.resumes} resumes)\n${tried.problems.map((one) => `  ${one}\n`).join('')}`,
    );
  }
};
await Promise.all(Array.from({ length: Number(values.jobs ?? 2) }, worker));
process.stdout.write(
  `crash matrix (${kind} hosts): ${done} points tried, ${reached} reached, ${failed.length} failed\n`,
);
process.exitCode = failed.length === 0 ? 0 : 1;
