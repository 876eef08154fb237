import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EmbeddedHost } from '@ratchet/testbed';
import { controller, type Ended } from '../crash/controller.js';
import { type EmbeddedFleet, embeddedFleet } from '../crash/embedded-fleet.js';
import { writeScenario } from '../crash/scenario.js';
import type { Fault } from './fault.js';

/** The host that has the fault; the others must get through as if nothing had happened. */
export const VICTIM = 'win2';

/** A busy machine must not look like a host that is away. */
export const PATIENT: readonly string[] = ['-T', '40'];

/** What a fault is tried on: two hosts, the scenario's playbook, and a project folder. */
export interface Bench {
  readonly fleet: EmbeddedFleet;
  readonly victim: EmbeddedHost;
  readonly folder: string;
  readonly playbook: string;
  /** The project folder, in which `ratchet` runs. */
  readonly project: string;
  /** `ratchet run` of the scenario with further arguments. */
  run(...more: readonly string[]): Promise<Ended>;
  /** Any command of `ratchet`, in the project folder or another one. */
  ratchet(args: readonly string[], project?: string, env?: Readonly<Record<string, string>>): Promise<Ended>;
}

/** Sets hosts and folders up for a fault, gives them to it, and clears all away. */
export const onBench = async <Result>(fault: Fault, use: (bench: Bench) => Promise<Result>): Promise<Result> => {
  const folder = await mkdtemp(join(tmpdir(), 'ratchet-fault-'));
  const fleet = await embeddedFleet(folder, 2, { otherUsers: fault.otherUsers ?? [] });
  try {
    const project = join(folder, 'project');
    await mkdir(project);
    if (fault.settings !== undefined) await writeFile(join(project, 'ratchet.yml'), fault.settings);
    const playbook = await writeScenario(folder, fault.variation);
    const ratchet: Bench['ratchet'] = (args, where = project, env = {}) => controller(where, args, env);
    return await use({
      fleet,
      victim: fleet.host(VICTIM),
      folder,
      playbook,
      project,
      ratchet,
      run: (...more) => ratchet(['run', playbook, '-i', fleet.inventory, ...PATIENT, ...more]),
    });
  } finally {
    await fleet.stop();
    await rm(folder, { recursive: true, force: true });
  }
};
