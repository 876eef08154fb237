import { EXIT } from '@ratchet/core';
import { type EmbeddedBench, VICTIM } from './bench.js';
import { every, type Fault } from './fault.js';
import { getThrough, judgeEnd, judgeFirst, judgeLockLeft, judgeWrittenBack } from './operator.js';

const KEY = 'HKEY_LOCAL_MACHINE\\SOFTWARE\\Crash';

/** Another tool writes a value back right after our write. */
const writtenBack: Fault = {
  name: 'written-back',
  short: true,
  try: async (bench) => {
    bench.victim.faults.afterChange = (registry) => {
      if (registry.value(KEY, 'value2')) registry.set(KEY, 'value2', { type: 'REG_DWORD', number: 99 });
    };
    const ended = await bench.run();
    const first = await judgeWrittenBack(bench, ended);
    bench.victim.faults.afterChange = undefined;
    return [...first, ...(await judgeEnd(bench, await getThrough(bench, ended)))];
  },
};

/** What a fault of a host's files must lead to: told at the host, the lock given back, and all well once it is over. */
const toldThenMended = (
  name: string,
  short: boolean,
  says: readonly (string | RegExp)[],
  faulty: (bench: EmbeddedBench, from: () => boolean) => void,
  index: number,
): Fault => ({
  name: `${name}:${index}`,
  short,
  settings: 'reconnect_timeout: 5\n',
  try: async (bench) => {
    let [on, over] = [false, false];
    bench.victim.faults.cut = (exec) => {
      on ||= exec.index === index;
      return undefined;
    };
    faulty(bench, () => on && !over);
    const ended = await bench.run();
    const code = ended.code === EXIT.unreachableOrParse ? EXIT.unreachableOrParse : EXIT.failed;
    const first =
      ended.code === EXIT.done
        ? []
        : judgeFirst(ended, code, new RegExp(`(fatal|failed): \\[${VICTIM}\\]`), 'hint: ', ...says);
    const told = await judgeLockLeft(bench, ended);
    over = true;
    // A run that got through left nothing to resume: its lock is taken away by hand, as its warning makes the operator do.
    if (ended.code === EXIT.done && (await bench.fleet.isLocked(VICTIM)))
      await bench.ratchet(['unlock', VICTIM, '-i', bench.fleet.inventory, '--yes']);
    return [...first, ...told, ...(await judgeEnd(bench, await getThrough(bench, ended)))];
  },
});

const sftpRefused = (index: number, short: boolean): Fault =>
  toldThenMended(
    'sftp-refused',
    short,
    ['SFTP'],
    ({ victim }, from) => {
      victim.faults.refuseSftp = from;
    },
    index,
  );

const diskFull = (index: number, short: boolean): Fault =>
  toldThenMended(
    'host-disk-full',
    short,
    [/disk/],
    ({ victim }, from) => {
      victim.faults.diskFull = from;
    },
    index,
  );

/** `reg import` cannot open what was sent: a disk that filled up meanwhile, or a virus scanner. */
const importUnreadable = (index: number, short: boolean): Fault =>
  toldThenMended(
    'import-unreadable',
    short,
    [/disk/],
    ({ victim }, from) => {
      victim.faults.unreadable = (path) => from() && path.toLowerCase().endsWith('.reg');
    },
    index,
  );

/** What goes wrong with the files and the registry of a host, from its Nth command on. */
export const hostFiles = (execs: number): readonly Fault[] => [
  writtenBack,
  ...every(3, execs).flatMap((index) => [
    sftpRefused(index, index === 0 || index === 12),
    diskFull(index, index === 0 || index === 12),
    importUnreadable(index, index === 0),
  ]),
];
