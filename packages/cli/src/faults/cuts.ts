import { EXIT } from '@ratchet/core';
import type { Cut, EmbeddedFaults } from '@ratchet/testbed';
import type { Ended } from '../crash/controller.js';
import type { Counts } from '../crash/points.js';
import { VICTIM } from './bench.js';
import { countFailing } from './failing-runs.js';
import type { Fault } from './fault.js';
import { getThrough, judgeEnd } from './operator.js';
import { countRollback } from './rollbacks.js';

/** How many commands and SFTP requests a host gets in an undisturbed run, and what its rollback has, and a run that fails. */
export interface Counted {
  readonly execs: number;
  /** Which of the commands are Ratchet's own: all but those that tasks of the playbook run. */
  readonly own: readonly number[];
  readonly requests: number;
  readonly rollback: Counts;
  readonly failing: Counts;
}

/**
 * A cut either is not noticed at all, because the connection is made again, or leaves the host unreachable with a message that says
 * which, at which task, and what to do.
 */
export const judgeCut = (ended: Ended, host = VICTIM): readonly string[] => {
  if (ended.code === EXIT.done) return [];
  const says = [`fatal: [${host}]: UNREACHABLE!`, 'hint: '].filter((text) => !ended.out.includes(text));
  if (ended.code === EXIT.unreachableOrParse && says.length === 0) return [];
  return [`it ended with ${ended.code} and did not say ${says.join(', ')}: ${ended.out.slice(-1500)}`];
};

const cutBy = (name: string, short: boolean, inject: (faults: EmbeddedFaults) => void): Fault => ({
  name,
  short,
  try: async (bench) => {
    inject(bench.victim.faults);
    const ended = await bench.run();
    return [...judgeCut(ended), ...(await judgeEnd(bench, await getThrough(bench, ended)))];
  },
});

/** Counts on an undisturbed run. */
export const counting = (into: (counted: Counted) => void): Fault => ({
  name: 'undisturbed',
  short: true,
  try: async (bench) => {
    let [execs, requests] = [0, 0];
    bench.victim.faults.cut = ({ index }) => {
      execs = index + 1;
      return undefined;
    };
    bench.victim.faults.cutFiles = (index) => {
      requests = index + 1;
      return undefined;
    };
    const ended = await bench.run();
    const problems = await judgeEnd(bench, ended);
    const sent = bench.victim.log.filter(({ op }) => op === 'exec');
    const own = sent.flatMap(({ text }, index) => (text.includes('mkdir') ? [] : [index]));
    into({ execs, own, requests, rollback: await countRollback(bench), failing: await countFailing(bench) });
    return problems;
  },
});

const MOMENTS: readonly Exclude<Cut, 'hang'>[] = ['before', 'during', 'after'];
/** Of the cuts every so manieth is in the short form. */
const EVERY = 10;

/** The connection cut around every command and every SFTP request of a host. */
export const cuts = ({ execs, requests }: Counted): readonly Fault[] => {
  const commands = Array.from({ length: execs }, (_, index) => MOMENTS.map((moment) => ({ index, moment }))).flat();
  const files = Array.from({ length: requests }, (_, index) =>
    (['before', 'after'] as const).map((moment) => ({ index, moment })),
  ).flat();
  return [
    ...commands.map(({ index, moment }, at) =>
      cutBy(`cut:command:${index}:${moment}`, at % EVERY === 0, (faults) => {
        faults.cut = (exec) => (exec.index === index ? moment : undefined);
      }),
    ),
    ...files.map(({ index, moment }, at) =>
      cutBy(`cut:files:${index}:${moment}`, at % (3 * EVERY) === 0, (faults) => {
        faults.cutFiles = (request) => (request === index ? moment : undefined);
      }),
    ),
  ];
};
