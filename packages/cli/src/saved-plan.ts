import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { type Change, RatchetError } from '@ratchet/core';
import { decode, encode, type Fingerprints, type PlannedStep } from '@ratchet/runner';
import { z } from 'zod';
import type { RunStart } from './run-start.js';
import { writePrivateFile } from './write-private-file.js';

/** A reader applies this one only. Since 2 steps are named by salted hashes. */
const VERSION = 2;

/** A plan as it stands in a file. */
export interface SavedPlan {
  readonly version: number;
  readonly made: string;
  readonly by: string;
  readonly ratchet: string;
  readonly start: RunStart;
  readonly fingerprints: Fingerprints;
  /** For the hashes of withheld data. */
  readonly salt: string;
  readonly steps: readonly PlannedStep[];
}

const FILE = z.object({ plan: z.unknown(), sha256: z.string() });

const digest = (plan: unknown): string => createHash('sha256').update(JSON.stringify(plan)).digest('hex');

/** A plan of this moment. */
export const newPlan = (fields: Omit<SavedPlan, 'version' | 'made'>, now: Date): SavedPlan => ({
  version: VERSION,
  made: now.toISOString(),
  ...fields,
});

/** Writes a plan, atomically and mode 0600, with a digest by which an altered file is known. Errors: `file-unreadable`. */
export const writePlan = async (path: string, plan: SavedPlan): Promise<void> => {
  const body = encode(plan);
  await writePrivateFile(path, `${JSON.stringify({ plan: body, sha256: digest(body) }, null, 1)}\n`, 'plan');
};

const altered = (path: string, why: string, cause?: unknown): RatchetError =>
  new RatchetError('plan-altered', `The plan ${path} ${why}.`, {
    hint: 'Only a plan that is as it was approved is applied. Make a new one with ratchet plan.',
    cause,
  });

/** Reads a plan, and gives the file's text, too. Errors: `file-not-found`, `plan-altered` when it is not as it was written, or of another version. */
export const readPlan = async (path: string): Promise<{ readonly plan: SavedPlan; readonly text: string }> => {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    const message = missing
      ? `There is no plan ${path}.`
      : `The plan ${path} cannot be read: ${(cause as Error).message}`;
    throw new RatchetError('file-not-found', message, {
      hint: 'Make one: ratchet plan PLAYBOOK -i INVENTORY --out FILE.',
      cause,
    });
  }
  let parsed: z.infer<typeof FILE>;
  try {
    parsed = FILE.parse(JSON.parse(text));
  } catch (cause) {
    throw altered(path, 'is not a plan file, or was damaged', cause);
  }
  if (digest(parsed.plan) !== parsed.sha256) throw altered(path, 'was altered after it was made');
  const plan = decode(parsed.plan) as SavedPlan;
  if (plan.version !== VERSION)
    throw altered(path, `is of version ${plan.version}; this Ratchet applies version ${VERSION}`);
  return { plan, text };
};

/** The changes of a plan by host. */
export const plannedChanges = (steps: readonly PlannedStep[]): ReadonlyMap<string, readonly Change[]> => {
  const byHost = new Map<string, Change[]>();
  for (const { host, changes } of steps) byHost.set(host, [...(byHost.get(host) ?? []), ...changes]);
  return byHost;
};
