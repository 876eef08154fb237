import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { RatchetError } from '@ratchet/core';
import { upHosts } from '@ratchet/testbed';
import {
  type Arena,
  ansibleRaw,
  ansibleRegedit,
  bareNode,
  handFirst,
  handPowershell,
  handRead,
  ratchet,
  ratchetShell,
  ratchetVersion,
  resetProgram,
  type SetValue,
  valuesOf,
  writeArena,
} from './contestants.js';
import { type Asked, type Contestant, type Found, runInTurn, say } from './in-turn.js';
import { type Measurement, measure } from './measure.js';
import { judge, type Promised } from './summary.js';

const VALUES = fileURLToPath(new URL('../../../../fixtures/expected/orchestrator.tls12-only.x64.reg', import.meta.url));

const PROMISES: readonly Promised[] = [
  { of: 'ratchet, first run', to: 'hand-written ssh, first', limit: 1.5, direction: 'at most' },
  { of: 'ratchet, converged', to: 'hand-written ssh, read', limit: 1.5, direction: 'at most' },
  { of: 'ansible raw', to: 'ratchet, first run', limit: 4, direction: 'at least' },
  { of: 'ansible win_regedit', to: 'ratchet, first run', limit: 80, direction: 'at least' },
  { of: 'ratchet, 20 win_shell', to: 'hand-written ssh powershell', limit: 2.5, direction: 'at most' },
  { of: 'ratchet --version', to: 'node -e 0', limit: 2.5, direction: 'at most' },
  { of: 'ratchet, first run', limit: 150, direction: 'at most' },
];

/** Whether all values stand on the host; a contestant that did not do its work is not a measurement. */
const holdsAll = (values: readonly SetValue[], read: string): boolean =>
  (read.match(/REG_DWORD/g) ?? []).length >= values.length;

interface OnHost extends Contestant {
  /** Starts on a host without the values. */
  readonly fresh: boolean;
}

const contestants = (arena: Arena, withPowershell: boolean): readonly OnHost[] => [
  { name: 'ratchet, first run', program: ratchet(arena), fresh: true },
  { name: 'ratchet, converged', program: ratchet(arena), fresh: false },
  { name: 'hand-written ssh, first', program: handFirst(arena), fresh: true },
  { name: 'hand-written ssh, read', program: handRead(arena), fresh: false },
  { name: 'ansible raw', program: ansibleRaw(arena), fresh: true },
  ...(withPowershell
    ? [
        { name: 'ratchet, 20 win_shell', program: ratchetShell(arena), fresh: false },
        { name: 'hand-written ssh powershell', program: handPowershell(arena), fresh: false },
        { name: 'ansible win_regedit', program: ansibleRegedit(arena), fresh: true, times: 1 },
      ]
    : []),
  { name: 'ratchet --version', program: ratchetVersion(arena), fresh: false },
  { name: 'node -e 0', program: bareNode(arena), fresh: false },
];

const runOne = async (
  arena: Arena,
  contestant: OnHost,
  values: readonly SetValue[],
  signal: AbortSignal,
): Promise<Measurement> => {
  if (contestant.fresh) {
    await measure(resetProgram(arena), signal);
    await rm(join(arena.folder, '.ratchet'), { recursive: true, force: true });
  }
  const measurement = await measure(contestant.program, signal);
  if (contestant.fresh && !holdsAll(values, (await measure(handRead(arena), signal)).stdout))
    throw new RatchetError('did-not-stick', `${contestant.name} did not write all ${values.length} values.`);
  return measurement;
};

/**
 * The contestants, after each has run once unmeasured: what the first of anything costs on a fresh host (services of Wine,
 * programs and their files in no cache yet) is nobody's merit or fault. What is measured once only has minutes of its own for that.
 */
const warmedUp = async (
  arena: Arena,
  powershell: boolean,
  values: readonly SetValue[],
  signal: AbortSignal,
): Promise<readonly OnHost[]> => {
  const all = contestants(arena, powershell);
  say('Running each contestant once, unmeasured.');
  for (const contestant of all) if (contestant.times === undefined) await runOne(arena, contestant, values, signal);
  return all;
};

/** Ratchet, a hand-written ssh and Ansible against one wine host. */
export const measureOnHost = async ({ repetitions, powershell, signal }: Asked): Promise<Found> => {
  const folder = await mkdtemp(join(tmpdir(), 'ratchet-bench-'));
  const values = valuesOf(await readFile(VALUES));
  try {
    const testbed = join(folder, 'hosts');
    await mkdir(testbed);
    say('Starting one wine host.');
    const running = await upHosts({ kind: 'wine', hosts: 1, dir: testbed, powershell });
    try {
      const arena: Arena = { folder, host: 'win1', port: running.hosts[0]?.port ?? 0, testbed };
      await writeArena(arena, values);
      const all = await runInTurn(await warmedUp(arena, powershell, values, signal), repetitions, (contestant) =>
        runOne(arena, contestant, values, signal),
      );
      if (!powershell)
        say('ansible win_regedit is left out: the host was started without PowerShell, which it needs (--powershell).');
      return { all, verdicts: judge(all, PROMISES) };
    } finally {
      await running.stop();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
