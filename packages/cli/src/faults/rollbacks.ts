import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EXIT } from '@ratchet/core';
import { runFolders } from '@ratchet/runner';
import { endOf, hasBeginning } from '../crash/judge.js';
import { type Counts, crashPoints } from '../crash/points.js';
import { RESTARTS } from '../crash/scenario.js';
import type { EmbeddedBench } from './bench.js';
import { every, type Fault } from './fault.js';
import { runsIn } from './operator.js';
import { judgeAsBefore, registriesOf } from './registry-of.js';

const newestRun = async (bench: EmbeddedBench): Promise<string> =>
  (await runFolders(runsIn(bench.project)))[0] as string;

/** Counts what an undisturbed rollback of the last run has. */
export const countRollback = async (bench: EmbeddedBench): Promise<Counts> => {
  const count = join(bench.folder, 'rollback.json');
  const run = await newestRun(bench);
  await bench.ratchet(['rollback', run], bench.project, { RATCHET_CRASH_COUNT: count });
  return JSON.parse(await readFile(count, 'utf8')) as Counts;
};

const owedFiles = async (bench: EmbeddedBench): Promise<readonly string[]> => {
  const names = await readdir(join(bench.project, '.ratchet', 'owed'));
  return names.filter((name) => name.endsWith('.json')).sort();
};

/** The host is as it was before the run, the restart that this takes is owed and not done, and the lock is free. */
const judgeTakenBack = async (
  bench: EmbeddedBench,
  before: ReadonlyMap<string, string>,
): Promise<readonly string[]> => {
  const problems: string[] = [...(await judgeAsBefore(bench, before))];
  for (const host of bench.fleet.names)
    if (bench.fleet.reboots(host) !== RESTARTS)
      problems.push(`${host}: it restarted ${bench.fleet.reboots(host)} times`);
  const owed = await owedFiles(bench);
  if (owed.length !== bench.fleet.names.length) problems.push(`a restart is owed to ${owed.length} hosts`);
  return problems;
};

const MOST = 4;

const killedAt = (point: string, short: boolean): Fault => ({
  name: `rollback-killed:${point}`,
  short,
  try: async (bench) => {
    const before = registriesOf(bench);
    const ended = await bench.run();
    if (ended.code !== EXIT.done) return [`the run ended with ${ended.code}`];
    const run = await newestRun(bench);
    let back = await bench.ratchet(['rollback', run], bench.project, { RATCHET_CRASH_AT: point });
    for (let times = 0; back.code !== EXIT.done && times < MOST; times++) {
      const runs = runsIn(bench.project);
      const last = await newestRun(bench);
      // Killed before the rollback had a journal with an event in it, it is begun anew.
      const begun = last !== run && (await hasBeginning(runs));
      const end = begun ? await endOf(runs) : undefined;
      // Killed after its own end was on disk, there is nothing to resume.
      if (end !== undefined) back = { ...back, code: end };
      else back = await bench.ratchet(begun ? ['resume', last] : ['rollback', run], bench.project);
    }
    const through = back.code === EXIT.done ? [] : [`it ended with ${back.code}: ${back.out.slice(-1500)}`];
    return [...through, ...(await judgeTakenBack(bench, before))];
  },
});

const EVERY = 24;

/** The controller killed at every second append and around every second command of a rollback, which is then resumed. */
export const rollbacks = (counts: Counts): readonly Fault[] => {
  const all = crashPoints(counts);
  return every(2, all.length).map((index) => killedAt(all[index] as string, index % EVERY === 8));
};
