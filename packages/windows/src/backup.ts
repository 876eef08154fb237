import type { Change, RegistryWrite } from '@ratchet/core';
import { encodeReg, regBytes } from './reg-file.js';

const undo = (change: Change): readonly RegistryWrite[] => {
  if (change.kind === 'registry-value') {
    const { path, name, before } = change;
    return [before === null ? { op: 'delete-value', path, name } : { op: 'set', path, name, data: before }];
  }
  if (change.kind === 'registry-key' && change.after === 'absent')
    return change.deleted ?? [{ op: 'create-key', path: change.path }];
  return [];
};

const created = (change: Change): readonly string[] =>
  change.kind === 'registry-value' || change.kind === 'registry-key' ? (change.creates ?? []) : [];

/**
 * The `.reg` file whose import restores what the changes found: old data, and `"name"=-` for what was absent. Keys that the run
 * creates stay (a merge cannot remove them safely) and are listed in comments. Empty when there is nothing to restore.
 */
export const backupFile = (changes: readonly Change[]): Uint8Array => {
  const writes = [...changes].reverse().flatMap(undo);
  const keys = [...new Set(changes.flatMap(created))];
  if (writes.length === 0 && keys.length === 0) return new Uint8Array();
  const notes = [
    'State before the change, written by Ratchet. To restore it: reg import THIS-FILE /reg:64',
    ...keys.map((path) => `created by the run: ${path} (not removed by the import)`),
  ];
  return regBytes(encodeReg(writes, notes));
};
