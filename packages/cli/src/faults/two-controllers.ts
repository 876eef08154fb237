import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EXIT } from '@ratchet/core';
import type { Ended } from '../crash/controller.js';
import { RESTARTS } from '../crash/scenario.js';
import { type EmbeddedBench, PATIENT, VICTIM } from './bench.js';
import { every, type Fault } from './fault.js';
import { type Controller, getThrough, judgeBoth, judgeFirst, judgeMeeting } from './operator.js';

/** A project folder, a user and a command of its own, for the same hosts and playbook. */
const otherController = async (bench: EmbeddedBench): Promise<Controller> => {
  const project = join(bench.folder, 'other');
  await mkdir(project);
  await writeFile(join(project, 'ratchet.yml'), RECONNECT);
  return { project, flags: [...PATIENT, '-e', `ansible_user=${OTHER} whose=-bob`], command: 'once-plain-bob' };
};

/** Who the other controller logs in as. */
export const OTHER = 'bob';
const RECONNECT = 'reconnect_timeout: 20\n';

const runThere = (bench: EmbeddedBench, { project, flags }: Controller): Promise<Ended> =>
  bench.ratchet(['run', bench.playbook, '-i', bench.fleet.inventory, ...flags], project);

/** Another controller begins when the first one sends the victim this command. */
const meetsAt = (index: number, short: boolean): Fault => ({
  name: `two-controllers:${index}`,
  short,
  otherUsers: [OTHER],
  settings: RECONNECT,
  try: async (bench) => {
    const other = await otherController(bench);
    let second: Promise<Ended> | undefined;
    bench.victim.faults.cut = (exec) => {
      if (exec.index >= index) second ??= runThere(bench, other);
      return undefined;
    };
    const ends = [await bench.run(), await (second as unknown as Promise<Ended>)] as const;
    const met = [...judgeMeeting(ends[0], 'the first'), ...judgeMeeting(ends[1], 'the second')];
    const through = [await getThrough(bench, ends[0]), await getThrough(bench, ends[1], other)];
    return [...met, ...(await judgeBoth(bench, through, other))];
  },
});

/** The first controller dies with the lock and owing work; the second one is told whose it is, and does what is owed, once. */
const inheritsAt = (point: string): Fault => ({
  name: `two-controllers:dead:${point}`,
  short: true,
  otherUsers: [OTHER],
  try: async (bench) => {
    const other = await otherController(bench);
    const killed = await bench.ratchet(
      ['run', bench.playbook, '-i', bench.fleet.inventory, ...PATIENT],
      bench.project,
      {
        RATCHET_CRASH_AT: point,
      },
    );
    const refused = await runThere(bench, other);
    const first = [
      ...(killed.killed ? [] : [`the first controller was not killed: ${killed.out.slice(-500)}`]),
      ...judgeFirst(refused, EXIT.locked, /win\d is locked by \S+, run \S+, since/, 'ratchet unlock'),
    ];
    for (const host of bench.fleet.names)
      await bench.ratchet(['unlock', host, '-i', bench.fleet.inventory, '--yes'], other.project);
    const second = await getThrough(bench, await runThere(bench, other), other);
    const restarts = bench.victim.reboots;
    const told = restarts === RESTARTS ? [] : [`after the second controller ${VICTIM} had restarted ${restarts} times`];
    const resumed = await getThrough(bench, killed);
    return [...first, ...told, ...(await judgeBoth(bench, [second, resumed], other))];
  },
});

/** Two controllers with two project folders and two users on the same hosts. */
export const twoControllers = (execs: number): readonly Fault[] => [
  ...every(2, execs).map((index) => meetsAt(index, index % 16 === 2)),
  inheritsAt('exec:8:after'),
  inheritsAt('exec:16:during'),
];
