import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EXIT } from '@ratchet/core';
import type { Ended } from '../crash/controller.js';
import { endOf, hasBeginning } from '../crash/judge.js';
import { type Counts, crashPoints } from '../crash/points.js';
import type { EmbeddedBench } from './bench.js';
import { every, type Fault } from './fault.js';
import { runsIn } from './operator.js';
import { judgeAsBefore, registriesOf } from './registry-of.js';

// It changes what is there, makes what is not, and fails.
const PLAYBOOK = `- hosts: all
  gather_facts: false
  rollback_on_failure: true
  tasks:
    - schannel_protocol: {protocol: TLS 1.2, role: both, state: enabled}
    - registry: {path: 'HKLM:\\SOFTWARE\\Crash\\Deep', name: "value{{ item }}", data: "{{ item }}", type: dword}
      loop: [1, 2]
      notify: noted
    - fail: {msg: no further}
  handlers:
    - name: noted
      registry: {path: 'HKLM:\\SOFTWARE\\Crash', name: handled, data: 1, type: dword}
`;

const failingRun = async (bench: EmbeddedBench, env: Readonly<Record<string, string>> = {}): Promise<Ended> => {
  await writeFile(join(bench.folder, 'failing.yml'), PLAYBOOK);
  return bench.ratchet(['run', '../failing.yml', '-i', bench.fleet.inventory], bench.project, env);
};

/** Counts what an undisturbed run has that fails and is taken back. */
export const countFailing = async (bench: EmbeddedBench): Promise<Counts> => {
  const count = join(bench.folder, 'failing.json');
  await failingRun(bench, { RATCHET_CRASH_COUNT: count });
  return JSON.parse(await readFile(count, 'utf8')) as Counts;
};

const killedAt = (point: string, short: boolean): Fault => ({
  name: `failing-killed:${point}`,
  short,
  try: async (bench) => {
    const before = registriesOf(bench);
    const runs = runsIn(bench.project);
    let ended = await failingRun(bench, { RATCHET_CRASH_AT: point });
    if (ended.killed) {
      const begun = await hasBeginning(runs);
      const end = begun ? await endOf(runs) : undefined;
      // Killed after its own end was on disk, there is nothing to resume; before there was an event, it is begun anew.
      if (end !== undefined) ended = { ...ended, code: end };
      else ended = begun ? await bench.ratchet(['resume']) : await failingRun(bench);
    }
    const isFailure = ended.code === EXIT.failed;
    const wrong = isFailure ? [] : [`it ended with ${ended.code}: ${ended.out.slice(-1500)}`];
    return [...wrong, ...(await judgeAsBefore(bench, before))];
  },
});

const EVERY = 48;

/** The controller killed at every second append and around every second command of a run that fails under `rollback_on_failure`, and is then resumed. */
export const failingRuns = (counts: Counts): readonly Fault[] => {
  const all = crashPoints(counts);
  return every(2, all.length).map((index) => killedAt(all[index] as string, index % EVERY === 8));
};
