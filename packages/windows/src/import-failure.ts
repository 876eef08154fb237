import { RatchetError } from '@ratchet/core';
import type { ScriptSession } from './script-session.js';

/** The SID of the medium integrity label; its name is translated (C45). */
const MEDIUM_LABEL = 'S-1-16-8192';

/** Why an import failed: `not-elevated` when the session's token is a filtered one, else `command-failed`. */
export const importFailure = async (session: ScriptSession, code: number): Promise<RatchetError> => {
  const { place } = session;
  const { stdout } = await session.run('whoami /groups');
  if (stdout.includes(MEDIUM_LABEL)) {
    const message = 'The session is not elevated, so the machine-wide registry cannot be written.';
    const hint =
      'Log in with the built-in Administrator or a domain administrator, or set LocalAccountTokenFilterPolicy to 1 on the host.';
    return new RatchetError('not-elevated', message, { place, hint });
  }
  const message = `reg import ended with code ${code}; nothing is believed to be written until it is read back.`;
  return new RatchetError('command-failed', message, { place });
};
