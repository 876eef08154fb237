import { createHash } from 'node:crypto';
import { type Change, type RegistryData, type Secrets, showData } from '@ratchet/core';

/** The salted hash by which data that may not be written down is known again; null for absent data. */
export const hashOfData = (salt: string, data: RegistryData | null): string | null =>
  data === null
    ? null
    : createHash('sha256')
        .update(`${salt}\0${showData(data)}`)
        .digest('hex');

/** Changes as the journal may hold them under no_log: what is changed, and hashes in the place of data. */
export const withholdChanges = (changes: readonly Change[], salt: string): readonly Change[] =>
  changes.map((change): Change => {
    if (change.kind === 'registry-value' && !change.withheld) {
      const { before, after } = change;
      const withheld = { before: hashOfData(salt, before), after: hashOfData(salt, after) };
      return { ...change, before: null, after: null, withheld };
    }
    if (change.kind === 'registry-key' && change.deleted) {
      const { deleted: _, ...rest } = change;
      return rest;
    }
    return change.kind === 'command' ? { ...change, command: '(withheld)' } : change;
  });

/** Whether a known secret stands in the changes, so that masking would falsify them. */
export const holdSecrets = (changes: readonly Change[], secrets: Secrets): boolean => {
  const told = JSON.stringify(changes, (_, value) => (typeof value === 'bigint' ? value.toString() : value));
  return secrets.mask(told) !== told;
};
