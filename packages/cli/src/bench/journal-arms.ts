import { mkdir, mkdtemp, rm, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { RatchetError } from '@ratchet/core';
import { type Testbed, upHosts } from '@ratchet/testbed';
import { type Asked, type Found, say, seriesOf } from './in-turn.js';
import type { JournalRun } from './journal-run.js';
import { type Measurement, measure } from './measure.js';
import { judge, median, type Promised, type Verdict } from './summary.js';

const PROGRAM = fileURLToPath(new URL('journal-run.js', import.meta.url));
const PLAYBOOK = fileURLToPath(new URL('../../../../playbooks/orchestrator.yml', import.meta.url));

const HOSTS = 200;
const TMPFS = 0x01021994;

const MODES = ['on', 'off'] as const;
const KINDS = ['first run', 'converged'] as const;
type Mode = (typeof MODES)[number];
type Kind = (typeof KINDS)[number];

const nameOf = (mode: Mode, kind: Kind): string => `journal ${mode}, ${kind}`;

const PROMISES: readonly Promised[] = KINDS.map((kind) => ({
  of: nameOf('on', kind),
  to: nameOf('off', kind),
  limit: 1.15,
  direction: 'at most',
}));

interface Run extends Measurement {
  readonly name: string;
  readonly syncs: number;
}

const refuseTmpfs = async (folder: string): Promise<void> => {
  if ((await statfs(folder)).type !== TMPFS) return;
  throw new RatchetError('option-invalid', `${folder} is in memory (tmpfs), where a sync costs nothing.`, {
    hint: 'Set TMPDIR to a folder on a disk.',
  });
};

const runOne = async (folder: string, testbed: Testbed, mode: Mode, kind: Kind, asked: Asked): Promise<Run> => {
  const inventories = ['-i', testbed.inventoryPath, '-i', join(folder, 'groups.yml')];
  const variables = ['-e', 'tls_profile=tls12_only', '-e', 'tls_restart=false'];
  const args = [PROGRAM, mode, PLAYBOOK, ...inventories, ...variables];
  const measurement = await measure({ file: process.execPath, args, cwd: folder }, asked.signal);
  const { code, seconds, processorSeconds, syncs } = JSON.parse(measurement.stdout) as JournalRun;
  const name = nameOf(mode, kind);
  if (code !== 0) throw new RatchetError('command-failed', `${name}: the run ended with ${code}.`);
  say(`${name}: ${seconds.toFixed(2)} s, processor ${processorSeconds.toFixed(2)} s, ${syncs} sync calls`);
  return { ...measurement, name, seconds, processorSeconds, syncs };
};

/** The registry of the first host and of the last one. */
const registries = async (testbed: Testbed): Promise<string> =>
  (await Promise.all(['win1', `win${HOSTS}`].map((name) => testbed.snapshot(name)))).join('');

/** A first and a converged run against fresh hosts. */
const runBoth = async (root: string, mode: Mode, asked: Asked): Promise<readonly Run[]> => {
  const folder = await mkdtemp(join(root, `${mode}-`));
  await mkdir(join(folder, 'hosts'));
  const testbed = await upHosts({ kind: 'embedded', hosts: HOSTS, dir: join(folder, 'hosts') });
  try {
    const names = testbed.hosts.map(({ name }) => `    ${name}:\n`).join('');
    await writeFile(join(folder, 'groups.yml'), `orchestrator:\n  hosts:\n${names}`);
    const before = await registries(testbed);
    const first = await runOne(folder, testbed, mode, 'first run', asked);
    const after = await registries(testbed);
    const converged = await runOne(folder, testbed, mode, 'converged', asked);
    if (before === after || (await registries(testbed)) !== after)
      throw new RatchetError('did-not-stick', 'The first run must change the hosts, and the one after it nothing.');
    return [first, converged];
  } finally {
    await testbed.stop();
    await rm(folder, { recursive: true, force: true });
  }
};

const syncVerdicts = (runs: readonly Run[]): readonly Verdict[] =>
  KINDS.flatMap((kind) =>
    MODES.map((mode): Verdict => {
      const value = median(runs.filter(({ name }) => name === nameOf(mode, kind)).map(({ syncs }) => syncs));
      const of = `${nameOf(mode, kind)}: sync calls`;
      return mode === 'on'
        ? { of, unit: '', limit: 1, direction: 'at least', value, met: value >= 1 }
        : { of, unit: '', limit: 0, direction: 'at most', value, met: value === 0 };
    }),
  );

/**
 * The shipped playbook on 200 embedded hosts with the journal on and off in turn, each repetition beginning with the other one. Sync
 * calls are counted in both; the run's folder must not be in memory.
 */
export const measureJournal = async (asked: Asked): Promise<Found> => {
  const root = await mkdtemp(join(tmpdir(), 'ratchet-bench-journal-'));
  try {
    await refuseTmpfs(root);
    say(`Each arm starts ${HOSTS} embedded hosts of its own.`);
    const runs: Run[] = [];
    for (let repetition = 0; repetition < asked.repetitions; repetition += 1)
      for (const mode of repetition % 2 === 0 ? MODES : MODES.toReversed())
        runs.push(...(await runBoth(root, mode, asked)));
    const names = KINDS.flatMap((kind) => MODES.map((mode) => nameOf(mode, kind)));
    const all = names.map((name) =>
      seriesOf(
        name,
        runs.filter((run) => run.name === name),
      ),
    );
    return { all, verdicts: [...judge(all, PROMISES), ...syncVerdicts(runs)], notes: { runs } };
  } finally {
    await rm(root, { recursive: true, force: true });
  }
};
