import type { Measurement, Program } from './measure.js';
import type { Series, Verdict } from './summary.js';

/** Somebody who does the work that is measured. */
export interface Contestant {
  readonly name: string;
  readonly program: Program;
  /** How often in the whole benchmark; absent: in each repetition. */
  readonly times?: number;
}

/** What one part of the benchmark found. */
export interface Found {
  readonly all: readonly Series[];
  readonly verdicts: readonly Verdict[];
  /** What else is to be told, and kept beside the rest in the results. */
  readonly notes?: Readonly<Record<string, unknown>>;
}

/** How the parts of the benchmark are asked for. */
export interface Asked {
  readonly repetitions: number;
  readonly powershell: boolean;
  readonly signal: AbortSignal;
}

/** Tells how far the benchmark is. */
export const say = (text: string): void => {
  process.stderr.write(`${text}\n`);
};

/** Measurements of one name as a series. */
export const seriesOf = (name: string, measurements: readonly Measurement[]): Series => ({
  name,
  seconds: measurements.map(({ seconds }) => seconds),
  processor: measurements.map(({ processorSeconds }) => processorSeconds),
  peaks: measurements.map(({ peakBytes }) => peakBytes),
});

/** All contestants in turn, again and again, so that a slow minute of the machine hits all of them. */
export const runInTurn = async <C extends Contestant>(
  all: readonly C[],
  repetitions: number,
  runOne: (contestant: C) => Promise<Measurement>,
): Promise<readonly Series[]> => {
  const found = new Map<string, Measurement[]>(all.map(({ name }) => [name, []]));
  for (let repetition = 1; repetition <= repetitions; repetition += 1) {
    for (const contestant of all) {
      if (repetition > (contestant.times ?? repetitions)) continue;
      const measurement = await runOne(contestant);
      found.get(contestant.name)?.push(measurement);
      say(`${repetition}/${repetitions} ${contestant.name}: ${measurement.seconds.toFixed(2)} s`);
    }
  }
  return all.map(({ name }) => seriesOf(name, found.get(name) ?? []));
};
