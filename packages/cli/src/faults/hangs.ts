import { EXIT } from '@ratchet/core';
import { type EmbeddedBench, VICTIM } from './bench.js';
import { judgeCut } from './cuts.js';
import { every, type Fault } from './fault.js';
import { getThrough, judgeEnd, judgeFirst } from './operator.js';

/** Accepts so many connections without a word once `from` says so. */
const hangsAfterAccept = (bench: EmbeddedBench, times: number, from: () => boolean): void => {
  let left = times;
  bench.victim.faults.hangAfterAccept = () => {
    if (left === 0 || !from()) return false;
    left -= 1;
    return true;
  };
};

const atFirst: Fault = {
  name: 'hang:accept:first',
  short: true,
  try: async (bench) => {
    let hangs = true;
    hangsAfterAccept(bench, Number.POSITIVE_INFINITY, () => hangs);
    const ended = await bench.run('-T', '2');
    const first = judgeFirst(
      ended,
      EXIT.unreachableOrParse,
      `fatal: [${VICTIM}]: UNREACHABLE!`,
      'no SSH answer within 2 s',
      'hint: ',
    );
    hangs = false;
    return [...first, ...(await judgeEnd(bench, await getThrough(bench, ended)))];
  },
};

const whenReconnecting: Fault = {
  name: 'hang:accept:reconnect',
  short: true,
  try: async (bench) => {
    let cut = false;
    bench.victim.faults.cutAfter = (script) => {
      if (cut || !script.includes('reg import')) return false;
      cut = true;
      return true;
    };
    hangsAfterAccept(bench, 2, () => cut);
    return judgeEnd(bench, await bench.run('-T', '3'));
  },
};

const afterRestart: Fault = {
  name: 'hang:accept:restart',
  short: true,
  variation: { reboot: { connect_timeout: 2 } },
  try: async (bench) => {
    hangsAfterAccept(bench, 2, () => bench.victim.reboots > 0);
    return judgeEnd(bench, await bench.run('-T', '3'));
  },
};

/** A command of the user's hangs: it is cut by the task's `timeout`, named, and not sent again; run again, it is asked for anew. */
const userCommand: Fault = {
  name: 'hang:command:timeout',
  short: true,
  variation: { timeout: 3 },
  try: async (bench) => {
    let armed = false;
    // The command that looks whether C:\once-creates is there comes three before it.
    bench.victim.faults.cut = () => {
      armed ||= bench.victim.files.entry('C:\\once-creates') !== undefined;
      return armed ? 'hang' : undefined;
    };
    const ended = await bench.run();
    const first = judgeFirst(ended, EXIT.failed, `fatal: [${VICTIM}]`, 'TASK [command without]', /timeout|3 s/);
    const times = await bench.fleet.ran(VICTIM, 'once-plain');
    bench.victim.faults.cut = undefined;
    const again = await bench.run('--limit', VICTIM, '-e', 'whose=-again');
    return [...first, ...(times === 1 ? [] : [`the command ran ${times} times`]), ...(await judgeEnd(bench, again))];
  },
};

/** One of our own scripts hangs: nothing of it comes for two minutes, then it is cut. */
const script = (index: number): Fault => ({
  name: `hang:command:${index}`,
  short: false,
  try: async (bench) => {
    bench.victim.faults.cut = (exec) => (exec.index === index ? 'hang' : undefined);
    const ended = await bench.run();
    const first =
      ended.code === EXIT.failed
        ? judgeFirst(ended, EXIT.failed, new RegExp(`^(?:fatal|failed): \\[${VICTIM}\\]`, 'm'), 'hint: ')
        : judgeCut(ended);
    return [...first, ...(await judgeEnd(bench, await getThrough(bench, ended)))];
  },
});

/** Servers and commands that fall silent. */
export const hangs = (ownCommands: readonly number[]): readonly Fault[] => [
  atFirst,
  whenReconnecting,
  afterRestart,
  userCommand,
  // Each takes two minutes.
  ...every(4, ownCommands.length).map((at) => script(ownCommands[at] as number)),
];
