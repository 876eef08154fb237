import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { RatchetError, toRatchetError } from '@ratchet/core';
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
import { type Measurement, measure, type Program } from './measure.js';
import { judge, type Promised, type Series, showTables } from './summary.js';
import { measureTemplating, TEMPLATING_LIMIT } from './templating.js';

const REPOSITORY = fileURLToPath(new URL('../../../..', import.meta.url));
const VALUES = join(REPOSITORY, 'fixtures/expected/orchestrator.tls12-only.x64.reg');

const PROMISES: readonly Promised[] = [
  { of: 'ratchet, first run', to: 'hand-written ssh, first', limit: 1.5, direction: 'at most' },
  { of: 'ratchet, converged', to: 'hand-written ssh, read', limit: 1.5, direction: 'at most' },
  { of: 'ansible raw', to: 'ratchet, first run', limit: 4, direction: 'at least' },
  { of: 'ansible win_regedit', to: 'ratchet, first run', limit: 80, direction: 'at least' },
  { of: 'ratchet, 20 win_shell', to: 'hand-written ssh powershell', limit: 2.5, direction: 'at most' },
  { of: 'ratchet --version', to: 'node -e 0', limit: 2.5, direction: 'at most' },
  { of: 'ratchet, first run', limit: 150, direction: 'at most' },
];

const say = (text: string): void => {
  process.stderr.write(`${text}\n`);
};

/** Whether all values stand on the host; a contestant that did not do its work is not a measurement. */
const holdsAll = (values: readonly SetValue[], read: string): boolean =>
  (read.match(/REG_DWORD/g) ?? []).length >= values.length;

interface Contestant {
  readonly name: string;
  readonly program: Program;
  /** Starts on a host without the values. */
  readonly fresh: boolean;
  /** How often in the whole benchmark; absent: in each repetition. */
  readonly times?: number;
}

const contestants = (arena: Arena, withPowershell: boolean): readonly Contestant[] => [
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
  contestant: Contestant,
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

/** All contestants in turn, again and again, so that a slow minute of the machine hits all of them. */
const runAll = async (
  arena: Arena,
  all: readonly Contestant[],
  values: readonly SetValue[],
  repetitions: number,
  signal: AbortSignal,
): Promise<readonly Series[]> => {
  const found = new Map<string, Measurement[]>(all.map(({ name }) => [name, []]));
  for (let repetition = 1; repetition <= repetitions; repetition += 1) {
    for (const contestant of all) {
      if (repetition > (contestant.times ?? repetitions)) continue;
      const measurement = await runOne(arena, contestant, values, signal);
      found.get(contestant.name)?.push(measurement);
      say(`${repetition}/${repetitions} ${contestant.name}: ${measurement.seconds.toFixed(2)} s`);
    }
  }
  return all.map(({ name }) => ({
    name,
    seconds: (found.get(name) ?? []).map(({ seconds }) => seconds),
    peaks: (found.get(name) ?? []).map(({ peakBytes }) => peakBytes),
  }));
};

const commitOf = async (): Promise<string> => {
  const { stdout } = await promisify(execFile)('git', ['rev-parse', '--short', 'HEAD'], { cwd: REPOSITORY });
  return stdout.trim();
};

const bench = async (repetitions: number, withPowershell: boolean, signal: AbortSignal): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'ratchet-bench-'));
  const values = valuesOf(await readFile(VALUES));
  try {
    const testbed = join(folder, 'hosts');
    await mkdir(testbed);
    say('Starting one wine host.');
    const running = await upHosts({ kind: 'wine', hosts: 1, dir: testbed, powershell: withPowershell });
    try {
      const arena: Arena = { folder, host: 'win1', port: running.hosts[0]?.port ?? 0, testbed };
      await writeArena(arena, values);
      // What the first command on a host starts (services of Wine) is not anybody's merit or fault.
      await measure(resetProgram(arena), signal);
      const all = await runAll(arena, contestants(arena, withPowershell), values, repetitions, signal);
      const verdicts = judge(all, PROMISES);
      const machine = { cpu: cpus()[0]?.model ?? '', cores: cpus().length, node: process.version };
      const templating = { microseconds: measureTemplating(), limit: TEMPLATING_LIMIT };
      const head = { date: new Date().toISOString(), commit: await commitOf(), machine, repetitions };
      const result = { ...head, all, verdicts, templating };
      await writeFile(join(REPOSITORY, 'bench-results.json'), `${JSON.stringify(result, null, 2)}\n`);
      process.stdout.write(`${showTables(all, verdicts)}\n`);
      process.stdout.write(
        `templating a task parameter: ${templating.microseconds.toFixed(1)} µs (limit ${TEMPLATING_LIMIT} µs)\n`,
      );
      if (!withPowershell)
        process.stdout.write(
          'ansible win_regedit is left out: the host was started without PowerShell, which it needs (--powershell).\n',
        );
    } finally {
      await running.stop();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

/** Aborts at the first Ctrl-C or request to end, so that the hosts are taken down; the second one kills. */
const abortOnInterrupt = (): AbortSignal => {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(name, () =>
      controller.abort(new RatchetError('interrupted', `The benchmark was interrupted (${name}).`)),
    );
  return controller.signal;
};

try {
  const signal = abortOnInterrupt();
  const { values } = parseArgs({
    options: { repetitions: { type: 'string', default: '5' }, powershell: { type: 'boolean', default: false } },
  });
  await bench(Math.max(1, Number(values.repetitions) || 1), values.powershell, signal);
} catch (thrown) {
  const { message, hint } = toRatchetError(thrown);
  say(`ERROR! ${message}${hint === undefined ? '' : `\n  hint: ${hint}`}`);
  process.exitCode = 1;
}
