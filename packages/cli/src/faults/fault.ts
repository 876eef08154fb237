import type { Variation } from '../crash/scenario.js';
import type { Bench, EmbeddedBench } from './bench.js';

/** Something that goes wrong during the scenario, with the right result checked. */
export interface Fault<On extends Bench = EmbeddedBench> {
  readonly name: string;
  /** Also tried in the short form, with every `npm test`. */
  readonly short: boolean;
  /** Why it cannot be tried on this machine. */
  lack?(): Promise<string | undefined>;
  /** Users beside the first that the hosts let in. */
  readonly otherUsers?: readonly string[];
  readonly variation?: Variation;
  /** Lines of `ratchet.yml`. */
  readonly settings?: string;
  /** Makes the fault happen, and gives what did not hold; empty when all did. */
  try(bench: On): Promise<readonly string[]>;
}

/** 0, `step`, 2 · `step`, … below `end`. */
export const every = (step: number, end: number): readonly number[] =>
  Array.from({ length: Math.ceil(Math.max(0, end) / step) }, (_, index) => index * step);
