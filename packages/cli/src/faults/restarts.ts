import { EXIT } from '@ratchet/core';
import { type EmbeddedBench, VICTIM } from './bench.js';
import type { Fault } from './fault.js';
import { getThrough, judgeEnd, judgeFirst } from './operator.js';

const isRestart = (text: string): boolean => text.startsWith('/r');

/** `shutdown` answers with a code once; `also` happens on the host at that moment. The run is to get through by itself. */
const answersOnce = (name: string, code: number, also: (bench: EmbeddedBench) => void = () => undefined): Fault => ({
  name,
  short: true,
  try: async (bench) => {
    let answered = false;
    bench.victim.faults.shutdown = (text) => {
      if (answered || !isRestart(text)) return undefined;
      answered = true;
      also(bench);
      return code;
    };
    const ended = await bench.run();
    return [...(answered ? [] : ['shutdown was never asked']), ...(await judgeEnd(bench, ended))];
  },
});

const ALREADY_GOING = 1115;
const SCHEDULED = 1190;

/** `shutdown` says that a restart is under way, and none comes: the host fails, the restart stays owed, and the next run does it. */
const neverComes: Fault = {
  name: 'shutdown:1115:never',
  short: true,
  variation: { reboot: { reboot_timeout: 3 } },
  try: async (bench) => {
    bench.victim.faults.shutdown = (text) => (isRestart(text) ? ALREADY_GOING : undefined);
    const ended = await bench.run();
    const first = judgeFirst(
      ended,
      EXIT.failed,
      `fatal: [${VICTIM}]`,
      'answers but did not restart within reboot_timeout (3 s)',
      'hint: ',
      `${VICTIM} is owed a restart`,
    );
    const early = bench.victim.reboots === 0 ? [] : [`${VICTIM} restarted ${bench.victim.reboots} times before it did`];
    bench.victim.faults.shutdown = undefined;
    return [...first, ...early, ...(await judgeEnd(bench, await getThrough(bench, ended)))];
  },
};

/** Restarts that go another way than asked for. */
export const restarts: readonly Fault[] = [
  // Somebody else's restart is on its way: it is the one.
  answersOnce('shutdown:1115', ALREADY_GOING, ({ victim }) => void setTimeout(() => void victim.reboot(), 200)),
  answersOnce('shutdown:1190', SCHEDULED),
  neverComes,
];
