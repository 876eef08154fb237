import { EXIT } from '@ratchet/core';
import { type EmbeddedBench, VICTIM } from './bench.js';
import type { Fault } from './fault.js';
import { getThrough, judgeEnd, judgeFirst } from './operator.js';

/** Refused with both fingerprints; once the operator has looked and replaced the line, the run goes on. */
const refusedThenLearnt = async (
  bench: EmbeddedBench,
  ended: Awaited<ReturnType<EmbeddedBench['run']>>,
): Promise<readonly string[]> => {
  const fingerprints = ended.out.match(/SHA256:[\w+/]{43}/g) ?? [];
  const first = [
    ...judgeFirst(ended, EXIT.unreachableOrParse, `fatal: [${VICTIM}]: UNREACHABLE!`, /host key/i, 'hint: '),
    ...(new Set(fingerprints).size === 2 ? [] : [`it names ${fingerprints.length} fingerprints, not two`]),
  ];
  await bench.fleet.learnKeys();
  return [...first, ...(await judgeEnd(bench, await getThrough(bench, ended)))];
};

const afterRestart = (which: number): Fault => ({
  name: `host-key:after-restart:${which}`,
  short: which === 1,
  try: async (bench) => {
    let changing: Promise<void> | undefined;
    bench.victim.faults.refuseConnections = () => {
      // The first to knock after the restart is turned away, and finds another key behind the door.
      if (bench.victim.reboots < which || changing) return false;
      changing = bench.victim.changeHostKey();
      return true;
    };
    return refusedThenLearnt(bench, await bench.run());
  },
});

const betweenRuns: Fault = {
  name: 'host-key:between-runs',
  short: true,
  try: async (bench) => {
    await bench.victim.changeHostKey();
    const ended = await bench.run();
    const touched = bench.victim.log.length === 0 ? [] : [`${VICTIM} was sent something`];
    return [...touched, ...(await refusedThenLearnt(bench, ended))];
  },
};

/** The connection is lost in the middle of a task, and another key answers. */
const whileReconnecting: Fault = {
  name: 'host-key:reconnect',
  short: true,
  try: async (bench) => {
    let changing: Promise<void> | undefined;
    bench.victim.faults.cutAfter = (script) => {
      if (changing || !script.includes('reg import')) return false;
      changing = bench.victim.changeHostKey();
      return true;
    };
    return refusedThenLearnt(bench, await bench.run());
  },
};

/** Host keys that change. */
export const hostKeys: readonly Fault[] = [afterRestart(1), afterRestart(2), betweenRuns, whileReconnecting];
