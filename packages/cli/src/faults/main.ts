// npm run fault-matrix [-- --full] [-- --only NAME…] [-- --jobs N] [-- --list]: lets every fault happen during the crash matrix's scenario, and checks the right result.
import { parseArgs } from 'node:util';
import { absences } from './absences.js';
import { onBench } from './bench.js';
import { controllerDisk } from './controller-disk.js';
import { type Counted, counting, cuts } from './cuts.js';
import type { Fault } from './fault.js';
import { hangs } from './hangs.js';
import { hostFiles } from './host-files.js';
import { hostKeys } from './host-keys.js';
import { restarts } from './restarts.js';
import { rollbacks } from './rollbacks.js';
import { twoControllers } from './two-controllers.js';

const { values } = parseArgs({
  options: {
    full: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true },
    jobs: { type: 'string', default: '2' },
  },
});

const say = (text: string): void => void process.stdout.write(`${text}\n`);

const tally = { tried: 0, failed: 0, skipped: 0 };

const tryFault = async (fault: Fault): Promise<void> => {
  const lack = await fault.lack?.();
  if (lack !== undefined) {
    tally.skipped += 1;
    say(`SKIPPED ${fault.name}: ${lack}`);
    return;
  }
  const problems = await onBench(fault, (bench) => fault.try(bench)).catch((thrown: unknown) => [String(thrown)]);
  tally.tried += 1;
  if (problems.length === 0) return;
  tally.failed += 1;
  say(`FAILED ${fault.name}\n${problems.map((one) => `  ${one}`).join('\n')}`);
};

const inParallel = async (faults: readonly Fault[], jobs: number): Promise<void> => {
  const queue = [...faults];
  let done = 0;
  const worker = async (): Promise<void> => {
    for (let fault = queue.shift(); fault !== undefined; fault = queue.shift()) {
      await tryFault(fault);
      done += 1;
      if (done % 20 === 0) process.stderr.write(`${done} of ${faults.length} faults tried\n`);
    }
  };
  await Promise.all(Array.from({ length: jobs }, worker));
};

let counted: Counted = { execs: 0, requests: 0, rollback: { journal: 0, exec: 0 } };
await tryFault(counting((found) => (counted = found)));

const all: readonly Fault[] = [
  ...cuts(counted),
  ...controllerDisk(counted.execs),
  ...restarts,
  ...hostKeys,
  ...absences(counted.execs),
  ...hangs(counted.execs),
  ...hostFiles(counted.execs),
  ...twoControllers(counted.execs),
  ...rollbacks(counted.rollback),
];
const named = (fault: Fault): boolean => values.only?.some((name) => fault.name.startsWith(name)) ?? true;
const chosen = all.filter((fault) => named(fault) && (values.full || values.only !== undefined || fault.short));
if (values.list) for (const { name } of chosen) say(name);
else await inParallel(chosen, Number(values.jobs));
say(`fault matrix (embedded hosts): ${tally.tried} points tried, ${tally.failed} failed, ${tally.skipped} skipped`);
process.exitCode = tally.failed === 0 ? 0 : 1;
