import { access, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, join } from 'node:path';
import { RatchetError } from '@ratchet/core';
import { z } from 'zod';
import { writeError } from './write-error.js';

const OWNER = z.object({ pid: z.number(), machine: z.string(), since: z.string(), begun: z.string().optional() });

/** The process that writes a run's journal. */
export type RunOwner = z.infer<typeof OWNER>;

const fileOf = (folder: string): string => join(folder, 'owner.json');

const isThere = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is there and belongs to somebody else.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};

/** The state of a process, and what tells it from others that had or will have its number; undefined where there is no /proc (proc(5)). */
const inProc = async (pid: number): Promise<{ readonly state: string; readonly begun: string } | undefined> => {
  try {
    const [boot, stat] = await Promise.all([
      readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
      readFile(`/proc/${pid}/stat`, 'utf8'),
    ]);
    // The second field is a name in brackets that may hold anything; the state is the third, the start in ticks since boot the 22nd.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0] ?? '', begun: `${boot.trim()}/${fields[19]}` };
  } catch {
    return undefined;
  }
};

/** Whether the process that a run names still lives: not one that got its number later, nor one that is dead and only not yet buried. */
const lives = async ({ pid, begun }: RunOwner): Promise<boolean> => {
  if (!isThere(pid)) return false;
  const found = await inProc(pid);
  return !found || (found.state !== 'Z' && (begun === undefined || begun === found.begun));
};

/** Who writes this run's journal now; undefined when nobody does, or a process of this machine that has died. */
export const ownerOf = async (folder: string): Promise<RunOwner | undefined> => {
  let text: string;
  try {
    text = await readFile(fileOf(folder), 'utf8');
  } catch {
    return undefined;
  }
  const parsed = OWNER.safeParse(parsedJson(text));
  if (!parsed.success) return undefined;
  const owner = parsed.data;
  return owner.machine === hostname() && !(await lives(owner)) ? undefined : owner;
};

// A file that a dying machine left half written names nobody.
const parsedJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** Whether a run of this project folder is worked on by nobody any more, so that what it locked is free. False for a run that is not known here. */
export const isDeadRun = async (runsFolder: string, run: string): Promise<boolean> => {
  const folder = join(runsFolder, basename(run));
  const known = await access(join(folder, 'journal.jsonl')).then(
    () => true,
    () => false,
  );
  return known && (await ownerOf(folder)) === undefined;
};

/**
 * Takes a run folder for this process; the function given back leaves it. Errors: `host-locked` while another process that lives
 * (or one on another machine) has it; `journal-write`. `run`: the run that is gone on with.
 */
export const claim = async (folder: string, run?: string): Promise<() => Promise<void>> => {
  const path = fileOf(folder);
  const owner = await ownerOf(folder);
  if (owner)
    throw new RatchetError(
      'host-locked',
      `The run in ${folder} is still being worked on by process ${owner.pid} on ${owner.machine}, since ${owner.since}.`,
      { hint: `Wait for it. If that machine is gone, remove ${path}.` },
    );
  try {
    await rm(path, { force: true });
    const { begun } = (await inProc(process.pid)) ?? {};
    const mine: RunOwner = { pid: process.pid, machine: hostname(), since: new Date().toISOString(), begun };
    await writeFile(path, `${JSON.stringify(mine)}\n`, { flag: 'wx', mode: 0o600 });
  } catch (cause) {
    throw writeError(`${path} cannot be written`, cause, run);
  }
  // A file that cannot be removed names a process that has ended: nobody.
  return () => rm(path, { force: true }).catch(() => undefined);
};
