import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { type RegistryWrite, Secrets } from '@ratchet/core';
import { type EmbeddedHost, type EmbeddedOptions, seedWrites, startEmbeddedHost } from '@ratchet/testbed';
import { COMMANDS } from './commands.js';
import { showFailure } from './show-failure.js';

/** What a run printed and ended with. */
export interface RunOutcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A folder of a test: files are written into it, and `ratchet run` runs in it. */
export interface RunFolder {
  readonly path: string;
  write(name: string, text: string): Promise<string>;
  /** `ratchet run` with these arguments, in this process, with its output in texts. */
  run(args: readonly string[], options?: { readonly signal?: AbortSignal }): Promise<RunOutcome>;
  /** Any other command with these arguments, in the same way. */
  command(name: string, args: readonly string[]): Promise<RunOutcome>;
  /** The lines of the only run's journal. Fails when one is not JSON. */
  journal(): Promise<readonly { readonly type: string; readonly [field: string]: unknown }[]>;
  remove(): Promise<void>;
}

const runIn = async (
  cwd: string,
  name: string,
  args: readonly string[],
  signal: AbortSignal = new AbortController().signal,
): Promise<RunOutcome> => {
  let out = '';
  let err = '';
  const secrets = new Secrets();
  const around = {
    stdin: new PassThrough(),
    stdout: {
      write: (text: string) => {
        out += text;
      },
    },
    stderr: {
      write: (text: string) => {
        err += text;
      },
    },
    env: { HOME: cwd },
    secrets,
    signal,
    cwd,
  };
  try {
    const command = await COMMANDS[name]?.();
    if (!command) throw new Error(`there is no command ${name}`);
    const ready = command(args);
    if ('help' in ready) throw new Error('help was asked for');
    return { code: await ready.run(around), out, err };
  } catch (thrown) {
    const { text, exitCode } = showFailure(thrown, secrets, 0);
    return { code: exitCode, out, err: err + text };
  }
};

const readJournal = async (cwd: string) => {
  const runs = join(cwd, '.ratchet', 'runs');
  const [only, ...more] = await readdir(runs);
  if (only === undefined || more.length > 0) throw new Error(`there are ${more.length + 1} runs, not one`);
  const text = await readFile(join(runs, only, 'journal.jsonl'), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { readonly type: string });
};

/** A fresh folder. */
export const newRunFolder = async (): Promise<RunFolder> => {
  const path = await mkdtemp(join(tmpdir(), 'ratchet-run-'));
  return {
    path,
    write: async (name, text) => {
      await writeFile(join(path, name), text);
      return join(path, name);
    },
    run: (args, options) => runIn(path, 'run', args, options?.signal),
    command: (name, args) => runIn(path, name, args),
    journal: () => readJournal(path),
    remove: () => rm(path, { recursive: true, force: true }),
  };
};

export const PASSWORD = 'right-horse-7';

/** An embedded Windows Server 2012 R2 with a password, and the inventory and known_hosts that reach it as `win1`. */
export interface HostForRun {
  readonly host: EmbeddedHost;
  readonly inventory: string;
  /** The registry as found now. */
  registry(): readonly RegistryWrite[];
}

/** Starts the host; the caller stops it. `vars` are further lines of its variables, as `name: value`. */
export const newHostForRun = async (
  folder: RunFolder,
  vars: Readonly<Record<string, string | number>> = {},
  options: Partial<EmbeddedOptions> = {},
): Promise<HostForRun> => {
  const host = await startEmbeddedHost({
    name: 'win1',
    password: PASSWORD,
    registry: seedWrites({ os: '2012r2', arch: 'x64', without: [], reboots: 0 }),
    ...options,
  });
  const known = await folder.write('known_hosts', `[127.0.0.1]:${host.port} ${host.hostKeyPublic}\n`);
  const all = {
    ansible_host: '127.0.0.1',
    ansible_port: host.port,
    ansible_user: host.user,
    ansible_password: PASSWORD,
    ratchet_known_hosts: known,
    ...vars,
  };
  const inventory = await folder.write('inventory.yml', JSON.stringify({ all: { hosts: { win1: all } } }));
  return { host, inventory, registry: () => host.snapshotWrites() };
};

/** The path of a case's file among the fixtures. */
export const caseFile = (name: string, file: string): string =>
  fileURLToPath(new URL(`../../../fixtures/cases/${name}/${file}`, import.meta.url));

/** The lines under a task's banner. */
export const under = (out: string, task: string): readonly string[] =>
  (out.split(`\nTASK [${task}] `)[1] ?? '').split('\n\n')[0]?.split('\n').slice(1) ?? [];
