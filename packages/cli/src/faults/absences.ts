import { EXIT } from '@ratchet/core';
import { type EmbeddedBench, VICTIM } from './bench.js';
import { judgeCut } from './cuts.js';
import { every, type Fault } from './fault.js';
import { getThrough, judgeEnd, judgeFirst } from './operator.js';

/** The host goes down just before its Nth command, and answers again after so many milliseconds. */
const goesDown = (bench: EmbeddedBench, index: number, ms: number): { comesBack(): void } => {
  let until = 0;
  bench.victim.faults.cut = (exec) => {
    if (exec.index !== index) return undefined;
    until = performance.now() + ms;
    return 'before';
  };
  bench.victim.faults.refuseConnections = () => performance.now() < until;
  return {
    comesBack: () => {
      until = 0;
    },
  };
};

const SHORT_SECONDS = 3;
const LONG_SECONDS = 30;

const awayFor = (seconds: number, index: number, short: boolean): Fault => ({
  name: `down:${seconds}s:${index}`,
  short,
  try: async (bench) => {
    goesDown(bench, index, seconds * 1000);
    const ended = await bench.run();
    return [...judgeCut(ended), ...(await judgeEnd(bench, await getThrough(bench, ended)))];
  },
});

const neverBack = (index: number, short: boolean): Fault => ({
  name: `down:never:${index}`,
  short,
  settings: 'reconnect_timeout: 3\n',
  variation: { reboot: { reboot_timeout: 3 } },
  try: async (bench) => {
    const { comesBack } = goesDown(bench, index, Number.POSITIVE_INFINITY);
    const ended = await bench.run();
    const first = judgeFirst(ended, EXIT.unreachableOrParse, `fatal: [${VICTIM}]: UNREACHABLE!`, 'hint: ');
    comesBack();
    return [...first, ...(await judgeEnd(bench, await getThrough(bench, ended)))];
  },
});

/** The host restarts, and cannot be reached before its time is over. What was owed is done by then, and not done again. */
const notBackFromRestart = (which: number): Fault => ({
  name: `down:restart:${which}`,
  short: which === 1,
  variation: { reboot: { reboot_timeout: 3 } },
  try: async (bench) => {
    let gone = true;
    bench.victim.faults.refuseConnections = () => gone && bench.victim.reboots >= which;
    const ended = await bench.run();
    const first = judgeFirst(
      ended,
      EXIT.unreachableOrParse,
      `fatal: [${VICTIM}]: UNREACHABLE!`,
      `${VICTIM} did not come back within reboot_timeout (3 s)`,
      'hint: ',
    );
    gone = false;
    return [...first, ...(await judgeEnd(bench, await getThrough(bench, ended)))];
  },
});

/** Hosts that are away for a while, or for good. */
export const absences = (execs: number): readonly Fault[] => [
  ...[3, 12, 18].map((index) => awayFor(SHORT_SECONDS, index, index === 12)),
  ...[3, 12, 18].map((index) => awayFor(LONG_SECONDS, index, false)),
  ...every(3, execs - 1).map((at) => neverBack(at + 1, at === 15)),
  notBackFromRestart(1),
  notBackFromRestart(2),
];
