import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Change, RatchetError, type RegistryData, type RegistryWrite } from '@ratchet/core';
import { type TakeBackTargets, takeBackTargets } from '@ratchet/modules';
import { hashOfData, type Intent } from '@ratchet/runner';
import { decodeReg } from '@ratchet/windows';

type Backups = ReadonlyMap<string, readonly RegistryWrite[]>;

const readBackup = async (folder: string, name: string): Promise<readonly RegistryWrite[]> => {
  const path = join(folder, name);
  try {
    return decodeReg(await readFile(path));
  } catch (cause) {
    throw new RatchetError('file-unreadable', `The backup ${path} cannot be read: ${(cause as Error).message}`, {
      hint: 'The data before stands only there (no_log): what it held has to be restored by hand.',
      cause,
    });
  }
};

const isWithheld = (change: Change): boolean =>
  change.kind === 'registry-key'
    ? change.after === 'absent' && change.deleted === undefined
    : change.kind === 'registry-value' && change.withheld !== undefined;

/** The backups of steps whose data the journal withholds. */
const withheldBackups = async (folder: string, intents: readonly Intent[]): Promise<Backups> => {
  const needed = intents.filter(({ changes }) => changes.some(isWithheld));
  const names = [...new Set(needed.flatMap(({ backup }) => (backup === undefined ? [] : [backup])))];
  return new Map(await Promise.all(names.map(async (name) => [name, await readBackup(folder, name)] as const)));
};

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

const dataInBackup = (
  writes: readonly RegistryWrite[] | undefined,
  path: string,
  name: string,
): RegistryData | null => {
  const found = writes?.find((write) => write.op === 'set' && same(write.path, path) && same(write.name, name));
  return found?.op === 'set' ? found.data : null;
};

const belowInBackup = (writes: readonly RegistryWrite[] | undefined, path: string): readonly RegistryWrite[] =>
  (writes ?? []).filter(
    (write) => same(write.path, path) || write.path.toLowerCase().startsWith(`${path}\\`.toLowerCase()),
  );

/**
 * What there is to take back of one host's intents. Data that the journal withholds is read from the run's `.reg` backups. Errors:
 * `file-unreadable` for a backup.
 */
export const rollbackTargets = async (
  intents: readonly Intent[],
  folder: string,
  salt: string,
): Promise<TakeBackTargets> => {
  const backups = await withheldBackups(folder, intents);
  const backupOf = new Map(
    intents.flatMap(({ changes, backup }) => changes.map((change) => [change as Change, backup])),
  );
  const backup = (change: Change): readonly RegistryWrite[] | undefined => backups.get(backupOf.get(change) ?? '');
  return takeBackTargets(
    intents.flatMap(({ changes }) => changes),
    {
      before: (change) => dataInBackup(backup(change), change.path, change.name),
      deleted: (change) => belowInBackup(backup(change), change.path),
      matches: (data, hash) => hashOfData(salt, data) === hash,
    },
  );
};
