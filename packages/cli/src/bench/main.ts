import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { didYouMean, RatchetError, toRatchetError } from '@ratchet/core';
import { countOf, toolValues } from '../tool-arguments.js';
import { measureOnHost } from './host-arms.js';
import { type Asked, type Found, say } from './in-turn.js';
import { measureInventories } from './inventory-arms.js';
import { measureJournal } from './journal-arms.js';
import { showTables } from './summary.js';
import { templatingFound } from './templating.js';

const REPOSITORY = fileURLToPath(new URL('../../../..', import.meta.url));

/** The parts of the benchmark by their names for `--only`. */
const PARTS: Readonly<Record<string, (asked: Asked) => Promise<Found>>> = {
  host: measureOnHost,
  inventory: measureInventories,
  journal: measureJournal,
  templating: templatingFound,
};

const commitOf = async (): Promise<string> => {
  const { stdout } = await promisify(execFile)('git', ['rev-parse', '--short', 'HEAD'], { cwd: REPOSITORY });
  return stdout.trim();
};

const partsOf = (only: readonly string[]): readonly string[] => {
  const names = Object.keys(PARTS);
  const unknown = only.find((name) => !names.includes(name));
  if (unknown !== undefined)
    throw new RatchetError('option-invalid', `--only takes ${names.join(', ')}; not "${unknown}".`, {
      hint: didYouMean(unknown, names),
    });
  return only.length > 0 ? only : names;
};

const bench = async (only: readonly string[], asked: Asked): Promise<void> => {
  const machine = { cpu: cpus()[0]?.model ?? '', cores: cpus().length, node: process.version, load: loadavg()[0] };
  const head = { date: new Date().toISOString(), commit: await commitOf(), machine, repetitions: asked.repetitions };
  const parts: Record<string, Found> = {};
  for (const name of partsOf(only)) {
    const found = await PARTS[name]?.(asked);
    if (found === undefined) continue;
    parts[name] = found;
    process.stdout.write(`${showTables(found.all, found.verdicts)}\n`);
  }
  await writeFile(join(REPOSITORY, 'bench-results.json'), `${JSON.stringify({ ...head, parts }, null, 2)}\n`);
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

const values = toolValues({
  call: 'npm run bench --',
  summary: 'Measures Ratchet beside its peers, each in turn on the same hosts; writes bench-results.json.',
  options: {
    repetitions: { type: 'string', default: '5' },
    powershell: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true, default: [] },
  },
  says: {
    repetitions: 'N: so many of each; default 5',
    powershell: "measures Ansible's Windows modules too, which need PowerShell on the host",
    only: `PART: ${Object.keys(PARTS).join(', ')}; may be given again`,
  },
});
const repetitions = countOf('--repetitions', values.repetitions);

try {
  const signal = abortOnInterrupt();
  await bench(values.only, { repetitions, powershell: values.powershell, signal });
} catch (thrown) {
  const { message, hint } = toRatchetError(thrown);
  say(`ERROR! ${message}${hint === undefined ? '' : `\n  hint: ${hint}`}`);
  process.exitCode = 1;
}
