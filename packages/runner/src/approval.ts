import { type Change, RatchetError, type RegistryData, sameData, showChange } from '@ratchet/core';
import { hashOfData } from './withhold.js';

/** A step of a plan: the changes that it would make, or why that could not be known. */
export interface PlannedStep {
  readonly step: string;
  readonly host: string;
  /** The task's name, for people. */
  readonly task: string;
  readonly item?: string;
  readonly changes: readonly Change[];
  readonly unknown?: string;
}

/** What a plan allows. */
export interface Approved {
  readonly steps: readonly PlannedStep[];
  readonly salt: string;
}

const target = (change: Change): string => {
  if (change.kind === 'registry-value') return `value ${change.path}|${change.name}`.toLowerCase();
  return change.kind === 'registry-key' ? `key ${change.path}`.toLowerCase() : change.kind;
};

const isData = (
  data: RegistryData | null,
  known: RegistryData | null,
  hash: string | null | undefined,
  salt: string,
) => (hash === undefined ? sameData(data, known) : hashOfData(salt, data) === hash);

const sameEnd = (made: Change, planned: Change, salt: string): boolean => {
  if (made.kind === 'registry-value' && planned.kind === 'registry-value')
    return isData(made.after, planned.after, planned.withheld?.after, salt);
  if (made.kind === 'registry-key' && planned.kind === 'registry-key') return made.after === planned.after;
  return made.kind === planned.kind;
};

/** Whether a before-value is one that the plan saw, or one that an earlier step of the plan brings about. */
const plannedBefore = (made: Change, known: readonly Change[], salt: string): boolean => {
  if (made.kind !== 'registry-value') return true;
  return known.some(
    (one) =>
      one.kind === 'registry-value' &&
      (isData(made.before, one.before, one.withheld?.before, salt) ||
        isData(made.before, one.after, one.withheld?.after, salt)),
  );
};

/** Asks of each step whether the plan allows its changes. */
export interface Approval {
  /** Undefined when it does; an error with `before-moved` otherwise. */
  refusal(step: string, host: string, changes: readonly Change[]): RatchetError | undefined;
}

const notPlanned = (changes: readonly Change[]): RatchetError =>
  new RatchetError('before-moved', `Not in the plan: ${changes.map(showChange).join('; ')}`, {
    hint: 'The host is left as it is from here on. Make a new plan.',
  });

/** The approval that a plan gives. */
export const approvalOf = ({ steps, salt }: Approved): Approval => {
  const byStep = new Map(steps.map((step) => [`${step.host} ${step.step}`, step]));
  const byTarget = new Map<string, Change[]>();
  for (const { host, changes } of steps)
    for (const change of changes) {
      const key = `${host} ${target(change)}`;
      byTarget.set(key, [...(byTarget.get(key) ?? []), change]);
    }
  return {
    refusal: (step, host, changes) => {
      if (changes.length === 0) return undefined;
      const planned = byStep.get(`${host} ${step}`);
      if (planned?.unknown !== undefined) return undefined;
      const strange = changes.filter((change) => {
        const known = byTarget.get(`${host} ${target(change)}`) ?? [];
        const end = planned?.changes.some((one) => target(one) === target(change) && sameEnd(change, one, salt));
        return !end || !plannedBefore(change, known, salt);
      });
      return strange.length === 0 ? undefined : notPlanned(strange);
    },
  };
};
