import {
  RatchetError,
  type RegistryAnswer,
  type RegistryFinding,
  type RegistryQuery,
  type RegistryWrite,
  sameData,
} from '@ratchet/core';
import type { ScriptSession } from './script-session.js';

/** The SID of the medium integrity label; its name is translated (C45). */
const MEDIUM_LABEL = 'S-1-16-8192';

const queryFor = (write: RegistryWrite): RegistryQuery =>
  'name' in write ? { path: write.path, value: write.name } : { path: write.path };

/** Whether a key, as read after an import, is as the write wanted it. */
export const isMade = (write: RegistryWrite, key: RegistryAnswer): boolean => {
  if (write.op === 'create-key') return key !== null;
  if (write.op === 'delete-key') return key === null;
  const data = key?.values.find(({ name }) => name.toLowerCase() === write.name.toLowerCase())?.data ?? null;
  return sameData(data, write.op === 'set' ? write.data : null);
};

const shown = (write: RegistryWrite): string => {
  if (write.op === 'create-key') return `The registry key ${write.path} cannot be created`;
  if (write.op === 'delete-key') return `The registry key ${write.path} cannot be deleted`;
  const name = write.name === '' ? 'The unnamed value' : `The value ${write.name}`;
  return `${name} of the registry key ${write.path} cannot be ${write.op === 'set' ? 'written' : 'deleted'}`;
};

/**
 * Why an import failed: `not-elevated` when the session's token is a filtered one, `access-denied` with the first key and value
 * that is not as it was wanted, else `command-failed`. reg.exe itself tells all failures by code 1 and a translated text, and the
 * file is ours and well-formed: a write that is missing afterwards was not allowed.
 */
export const importFailure = async (
  session: ScriptSession,
  code: number,
  writes: readonly RegistryWrite[],
  read: (query: RegistryQuery) => Promise<RegistryFinding>,
): Promise<RatchetError> => {
  const { place } = session;
  const { stdout } = await session.run('whoami /groups');
  if (stdout.includes(MEDIUM_LABEL)) {
    const message = 'The session is not elevated, so the machine-wide registry cannot be written.';
    const hint =
      'Log in with the built-in Administrator or a domain administrator, or set LocalAccountTokenFilterPolicy to 1 on the host.';
    return new RatchetError('not-elevated', message, { place, hint });
  }
  const found = await Promise.all(writes.map((write) => read(queryFor(write))));
  const refused = writes.find((write, index) => !isMade(write, found[index]?.key ?? null));
  if (refused === undefined) {
    const message = `reg import ended with code ${code}, though everything that it was to write is there.`;
    return new RatchetError('command-failed', message, { place });
  }
  return new RatchetError('access-denied', `${shown(refused)}: the host refused it.`, {
    place,
    hint: "Look at the key's permissions and the free disk space on the host, or log in with an account that may write it.",
    details: { path: refused.path, ...('name' in refused ? { name: refused.name } : {}) },
  });
};
