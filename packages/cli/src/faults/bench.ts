import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EmbeddedHost } from '@ratchet/testbed';
import { controller, type Ended } from '../crash/controller.js';
import { type EmbeddedFleet, embeddedFleet } from '../crash/embedded-fleet.js';
import type { Fleet } from '../crash/fleet.js';
import { writeScenario } from '../crash/scenario.js';
import type { Fault } from './fault.js';

/** The host that has the fault; the others must get through as if nothing had happened. */
export const VICTIM = 'win2';

/** A busy machine must not look like a host that is away. */
export const PATIENT: readonly string[] = ['-T', '40'];

/** What a fault is tried on: hosts, the scenario's playbook, and a project folder. */
export interface Bench {
  readonly fleet: Fleet;
  /** The host that has the fault. */
  readonly victimName: string;
  readonly folder: string;
  readonly playbook: string;
  /** The project folder, in which `ratchet` runs. */
  readonly project: string;
  /** `ratchet run` of the scenario with further arguments. */
  run(...more: readonly string[]): Promise<Ended>;
  /** Any command of `ratchet`, in the project folder or another one. */
  ratchet(args: readonly string[], project?: string, env?: Readonly<Record<string, string>>): Promise<Ended>;
}

/** A bench whose hosts may be given faults. */
export interface EmbeddedBench extends Bench {
  readonly fleet: EmbeddedFleet;
  readonly victim: EmbeddedHost;
}

type Setting = Pick<Fault, 'settings' | 'variation'>;

/** Sets a project folder up for hosts, gives both to `use`, and clears all away. */
export const onFleet = async <F extends Fleet, Result>(
  { settings, variation }: Setting,
  start: (folder: string) => Promise<F>,
  use: (bench: Bench & { readonly fleet: F }) => Promise<Result>,
): Promise<Result> => {
  const folder = await mkdtemp(join(tmpdir(), 'ratchet-fault-'));
  const fleet = await start(folder);
  try {
    const project = join(folder, 'project');
    await mkdir(project);
    if (settings !== undefined) await writeFile(join(project, 'ratchet.yml'), settings);
    const playbook = await writeScenario(folder, variation);
    const ratchet: Bench['ratchet'] = (args, where = project, env = {}) => controller(where, args, env);
    const run: Bench['run'] = (...more) => ratchet(['run', playbook, '-i', fleet.inventory, ...PATIENT, ...more]);
    const victimName = fleet.names.at(-1) as string;
    return await use({ fleet, victimName, folder, playbook, project, ratchet, run });
  } finally {
    await fleet.stop();
    await rm(folder, { recursive: true, force: true });
  }
};

/** The same with embedded hosts. */
export const onBench = <Result>(fault: Fault, use: (bench: EmbeddedBench) => Promise<Result>): Promise<Result> =>
  onFleet(
    fault,
    (folder) => embeddedFleet(folder, 2, { otherUsers: fault.otherUsers ?? [] }),
    (bench) => use({ ...bench, victim: bench.fleet.host(VICTIM) }),
  );
