import { createHash } from 'node:crypto';
import { type Change, type RegistryData, type Secrets, showData } from '@ratchet/core';

/** The salted hash by which data that may not be written down is known again; null for absent data. */
export const hashOfData = (salt: string, data: RegistryData | null): string | null =>
  data === null
    ? null
    : createHash('sha256')
        .update(`${salt}\0${showData(data)}`)
        .digest('hex');

const withheldOne = (change: Change, salt: string): Change => {
  if (change.kind === 'registry-value' && !change.withheld) {
    const { secret: _, before, after, ...rest } = change;
    const withheld = { before: hashOfData(salt, before), after: hashOfData(salt, after) };
    return { ...rest, before: null, after: null, withheld };
  }
  if (change.kind === 'registry-key' && change.deleted) {
    const { secret: _, deleted: __, ...rest } = change;
    return rest;
  }
  return change.kind === 'command' ? { ...change, command: '(withheld)' } : change;
};

/**
 * Changes as they may be told: `hidden` (the step is under `no_log`) withholds all, else those are withheld whose data came from a step that
 * was. What is changed stays, with hashes in the place of data.
 */
export const toldChanges = (changes: readonly Change[], salt: string, hidden: boolean): readonly Change[] =>
  changes.map((change) => (hidden || ('secret' in change && change.secret) ? withheldOne(change, salt) : change));

/** Whether a known secret stands in the changes, so that masking would falsify them. */
export const holdSecrets = (changes: readonly Change[], secrets: Secrets): boolean => {
  const told = JSON.stringify(changes, (_, value) => (typeof value === 'bigint' ? value.toString() : value));
  return secrets.mask(told) !== told;
};
