import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RatchetError } from '@ratchet/core';

/** A whole process and everything that it waits for. */
export interface Program {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
}

export interface Measurement {
  /** Wall time from the start of the process to its end. */
  readonly seconds: number;
  /** Processor time of the process and of those it waited for, in user and system mode. */
  readonly processorSeconds: number;
  /** The most memory that one process of it had in use, in bytes (`ru_maxrss` as GNU time reports it). */
  readonly peakBytes: number;
  readonly stdout: string;
}

const GNU_TIME = '/usr/bin/time';
const KEPT_CHARACTERS = 2000;

/** Certificates that this machine gives to every Node: reading them takes as long as starting it, and no contestant uses them. */
const sharedEnvironment = (): NodeJS.ProcessEnv => {
  const { NODE_EXTRA_CA_CERTS: _, ...rest } = process.env;
  return rest;
};

/**
 * Runs a program to its end. Throws `command-failed` with the end of its output when it does not end with 0, and when GNU
 * time is not installed; the signal's reason when it aborts, after everything that the program started was told to end.
 */
export const measure = async (program: Program, signal: AbortSignal): Promise<Measurement> => {
  signal.throwIfAborted();
  const figures = join(program.cwd, 'figures-of-time');
  const began = performance.now();
  const child = spawn(GNU_TIME, ['-f', '%M %U %S', '-o', figures, program.file, ...program.args], {
    cwd: program.cwd,
    env: { ...sharedEnvironment(), ...program.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A process group of its own, so that all of it can be ended.
    detached: true,
  });
  const end = (): void => {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGTERM');
  };
  signal.addEventListener('abort', end, { once: true });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const allOutput = new Promise<void>((resolve) => child.stdout.on('end', resolve));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', (cause) =>
      reject(
        new RatchetError('command-failed', `${GNU_TIME} cannot be started.`, {
          cause,
          hint: 'The benchmark needs GNU time: apt-get install time.',
        }),
      ),
    );
    // Not 'close': a persisting ssh master keeps standard error open long after the program.
    child.on('exit', resolve);
  }).finally(() => signal.removeEventListener('abort', end));
  signal.throwIfAborted();
  await allOutput;
  const seconds = (performance.now() - began) / 1000;
  if (code !== 0)
    throw new RatchetError('command-failed', `${program.file} ${program.args.join(' ')} ended with ${code}.`, {
      hint: `${stdout}\n${stderr}`.trim().slice(-KEPT_CHARACTERS),
    });
  const line = (await readFile(figures, 'utf8')).trim().split('\n').at(-1) ?? '';
  const [kilobytes = Number.NaN, user = Number.NaN, system = Number.NaN] = line.split(' ').map(Number);
  return { seconds, processorSeconds: user + system, peakBytes: kilobytes * 1024, stdout };
};
