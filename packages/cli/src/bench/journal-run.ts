// `ratchet run` with its journal on, or with none at all and no sync of any other file either (what hosts are owed): what the journal
// costs. Only this program, which is not part of the product, can leave the journal out.
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { Secrets } from '@ratchet/core';
import type { Journal } from '@ratchet/runner';
import { parseRunFlags } from '../run-flags.js';
import { countSyncs } from './count-syncs.js';

/** What this program prints. */
export interface JournalRun {
  readonly code: number;
  /** From the first look at the command line to the end of the run; the start of Node is not in it. */
  readonly seconds: number;
  readonly processorSeconds: number;
  /** Calls of fsync and fdatasync. */
  readonly syncs: number;
}

const noJournal = async (runsFolder: string, run: string): Promise<Journal> => ({
  folder: join(runsFolder, run),
  append: async () => undefined,
  backup: async (name) => join(runsFolder, run, name),
  close: async () => undefined,
});

const [mode, ...args] = process.argv.slice(2);
const flags = parseRunFlags(args);
if ('help' in flags || (mode !== 'on' && mode !== 'off')) {
  process.stderr.write('usage: journal-run.js on|off FLAGS-OF-RATCHET-RUN\n');
  process.exitCode = 2;
} else {
  const syncs = await countSyncs({ dropped: mode === 'off' });
  // Only now: what it loads may keep the calls as they are.
  const { runCommand } = await import('../run-command.js');
  const silent = { write: () => undefined };
  const around = {
    stdin: new PassThrough(),
    stdout: silent,
    stderr: process.stderr,
    env: process.env,
    secrets: new Secrets(),
    signal: new AbortController().signal,
    cwd: process.cwd(),
  };
  const before = process.cpuUsage();
  const began = performance.now();
  const code = await runCommand(flags, around, mode === 'off' ? { openJournal: noJournal } : {});
  const { user, system } = process.cpuUsage(before);
  const outcome: JournalRun = {
    code,
    seconds: (performance.now() - began) / 1000,
    processorSeconds: (user + system) / 1e6,
    syncs: syncs(),
  };
  process.stdout.write(JSON.stringify(outcome));
}
