import { execFileSync } from 'node:child_process';
import { closeSync, openSync, readdirSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT } from '@ratchet/core';
import { readJournal, runFolders } from '@ratchet/runner';
import type { Ended } from '../crash/controller.js';
import { ONCE } from '../crash/scenario.js';
import type { EmbeddedBench } from './bench.js';
import { every, type Fault } from './fault.js';
import { mountLack, withSmallDisk } from './mounted.js';
import { getThrough, judgeEnd, judgeFirst, runsIn } from './operator.js';

const DISK = '4m';

/** Fills the disk of a folder to its last byte. */
const fill = (folder: string): void => {
  const file = openSync(join(folder, 'filler'), 'w');
  try {
    for (let size = 65_536; size >= 1; ) {
      try {
        if (writeSync(file, Buffer.alloc(size)) < size) size = Math.floor(size / 2);
      } catch (thrown) {
        if ((thrown as NodeJS.ErrnoException).code !== 'ENOSPC') throw thrown;
        size = Math.floor(size / 2);
      }
    }
  } finally {
    closeSync(file);
  }
};

/** What was done on hosts although the journal does not hold that it was meant: nothing may be. */
const unmeant = async (bench: EmbeddedBench): Promise<readonly string[]> => {
  const runs = runsIn(bench.project);
  const [id] = await runFolders(runs);
  const { events } = await readJournal(join(runs, id as string));
  const meant = events.flatMap((event) => (event.type === 'step_applying' ? [event] : []));
  const problems: string[] = [];
  for (const host of bench.fleet.names) {
    const mine = meant.filter((event) => event.host === host);
    const values = new Set(
      mine.flatMap(({ changes }) =>
        changes.flatMap((change) => (change.kind === 'registry-value' ? [`${change.path}|${change.name}`] : [])),
      ),
    );
    const found = Object.keys(await bench.fleet.values(host)).filter((key) => key.includes('\\SOFTWARE\\Crash'));
    for (const key of found) if (!values.has(key)) problems.push(`${host}: ${key} was written and not journalled`);
    const commands = mine.filter(({ changes }) => changes.length === 0).length;
    const ran = await Promise.all(ONCE.map((text) => bench.fleet.ran(host, text)));
    if (ran.reduce((sum, times) => sum + times, 0) > commands)
      problems.push(`${host}: more commands ran than are journalled`);
    const restarts = mine.filter(({ changes }) => changes.some(({ kind }) => kind === 'reboot')).length;
    if (bench.fleet.reboots(host) > restarts) problems.push(`${host}: more restarts than are journalled`);
  }
  return problems;
};

/** Locks that were not given back without the operator being told. */
const stillLocked = async ({ fleet }: EmbeddedBench, { out }: Ended): Promise<readonly string[]> => {
  const locked = await Promise.all(fleet.names.map((name) => fleet.isLocked(name)));
  return fleet.names
    .filter((name, index) => locked[index] && !out.includes(`${name}: the lock was not given back`))
    .map((name) => `${name}: it is locked after the stop, and nobody was told`);
};

/** The disk under the project folder is full from this command of the victim on. */
const fullAt = (index: number, short: boolean): Fault => ({
  name: `controller-disk-full:${index}`,
  short,
  lack: mountLack,
  try: (bench) =>
    withSmallDisk(bench.project, DISK, async () => {
      bench.victim.faults.cut = (exec) => {
        if (exec.index === index) fill(bench.project);
        return undefined;
      };
      const ended = await bench.run();
      // Full so late that what was still to be written fitted into the last block.
      const first = ended.code === EXIT.done ? [] : judgeFirst(ended, EXIT.files, bench.project, 'hint: ', 'resume');
      const before = [...(await unmeant(bench)), ...(await stillLocked(bench, ended))];
      rmSync(join(bench.project, 'filler'), { force: true });
      const through = await getThrough(bench, ended);
      return [...first, ...before, ...(await judgeEnd(bench, through))];
    }),
});

const untouched = (bench: EmbeddedBench): readonly string[] =>
  bench.fleet.names.flatMap((name) =>
    bench.fleet.host(name).log.some(({ writes }) => writes) ? [`${name}: it was changed`] : [],
  );

/** The folder for runs can be read only, from the beginning. */
const readOnlyFromStart: Fault = {
  name: 'read-only-runs:start',
  short: true,
  lack: mountLack,
  try: (bench) =>
    withSmallDisk(bench.project, DISK, async () => {
      execFileSync('mount', ['-o', 'remount,ro', bench.project]);
      const ended = await bench.run();
      const first = [...judgeFirst(ended, EXIT.files, bench.project, 'hint: '), ...untouched(bench)];
      execFileSync('mount', ['-o', 'remount,rw', bench.project]);
      return [...first, ...(await judgeEnd(bench, await getThrough(bench, ended)))];
    }),
};

/** No file can be made in the run's folder any more, from this command of the victim on; the journal, which is open, goes on. */
const readOnlyAt = (index: number, short: boolean): Fault => ({
  name: `read-only-runs:${index}`,
  short,
  lack: mountLack,
  try: async (bench) => {
    let folder: string | undefined;
    bench.victim.faults.cut = (exec) => {
      if (exec.index !== index || folder) return undefined;
      const [id] = readdirSync(runsIn(bench.project));
      folder = join(runsIn(bench.project), id as string);
      execFileSync('mount', ['--bind', folder, folder]);
      execFileSync('mount', ['-o', 'remount,ro,bind', folder]);
      return undefined;
    };
    const ended = await bench.run();
    const first = ended.code === EXIT.done ? [] : judgeFirst(ended, EXIT.files, bench.project, 'hint: ', 'resume');
    const before = [...(await unmeant(bench)), ...(await stillLocked(bench, ended))];
    if (folder) execFileSync('umount', [folder]);
    return [...first, ...before, ...(await judgeEnd(bench, await getThrough(bench, ended)))];
  },
});

/** What goes wrong with the controller's own disk, at every second command that the victim gets. */
export const controllerDisk = (execs: number): readonly Fault[] => [
  readOnlyFromStart,
  ...every(2, execs).map((index) => fullAt(index, index % 12 === 4)),
  ...every(2, execs).map((index) => readOnlyAt(index, index % 16 === 2)),
];
