import { closeSync, fsyncSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { catalogue, plannedState } from '@ratchet/modules';
import { loadPlaybookText } from '@ratchet/playbook';
import { hashOfData, writeError } from '@ratchet/runner';
import { withModules } from './catalogue-with.js';
import type { RunVariation } from './run-command.js';
import { plannedChanges, readPlan, type SavedPlan } from './saved-plan.js';

const preludeText = (hosts: readonly string[]): string => `- name: the plan's before-values
  hosts: ${JSON.stringify(hosts)}
  gather_facts: false
  tasks:
    - name: nothing has changed since the plan was made
      planned_state: {}
`;

/** What makes a run that of a plan: nothing else is changed, and each host is looked at before anything is. `name`: the plan as it was named first. */
export const approvedBy = (plan: SavedPlan, name: string): Pick<RunVariation, 'approved' | 'prelude'> => {
  const changes = plannedChanges(plan.steps);
  const modules = withModules(catalogue, [plannedState(changes, (data, hash) => hashOfData(plan.salt, data) === hash)]);
  const hosts = [...changes.keys()];
  const text = { path: `plan ${name}`, text: preludeText(hosts) };
  return {
    approved: { steps: plan.steps, salt: plan.salt, fingerprints: plan.fingerprints },
    ...(hosts.length === 0 ? {} : { prelude: () => loadPlaybookText(text, { catalogue: modules, rolesPath: [] }) }),
  };
};

const COPY = 'plan.json';

/**
 * Keeps a plan in the folder of the run that applies it, on disk before the run has begun: what goes on with the run may change nothing
 * else either. Errors: `journal-write`.
 */
export const keepPlan = (text: string, folder: string): void => {
  const path = join(folder, COPY);
  try {
    const file = openSync(path, 'wx', 0o600);
    try {
      writeFileSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  } catch (cause) {
    throw writeError(`The copy of the plan, ${path}, cannot be written`, cause);
  }
};

/** The same for a run that is continued and applied the plan of this name. Errors: those of reading the plan. */
export const approvedAgain = async (
  folder: string,
  name: string,
): Promise<Pick<RunVariation, 'approved' | 'prelude'>> => approvedBy((await readPlan(join(folder, COPY))).plan, name);
