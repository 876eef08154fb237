import { setTimeout as delay } from 'node:timers/promises';
import { RatchetError } from '@ratchet/core';
import type { ScriptSession } from './script-session.js';

/** What uploads of all sessions are named like (`ScriptSession.fileName`); for cmd.exe, in the profile folder. */
export const ANY_UPLOAD = 'ratchet-????????????-*.reg';

/** An import takes a moment; one that is still at it after so many milliseconds hangs. */
const LONGEST_MS = 30_000;
const AGAIN_MS = 250;

/**
 * What was sent may still be running on a host when the connection, or the run that sent it, is gone. Takes away the files of such imports, so
 * that none begins from now on, and waits for one that is being read: Windows deletes no file that a program has open. What is read
 * afterwards stays. Throws `host-locked` when one does not end, and the errors of a command.
 */
export const endOrphanedImports = async (
  session: ScriptSession,
  names: readonly string[],
  longestMs = LONGEST_MS,
): Promise<void> => {
  const busy = `${session.token} busy`;
  const lines = names.flatMap((name) => [`del /f /q "${name}" 2>nul`, `if exist "${name}" echo ${busy}`]);
  const deadline = performance.now() + longestMs;
  for (;;) {
    const { stdout } = await session.script(lines);
    if (!Buffer.from(stdout).includes(busy)) return;
    if (performance.now() > deadline)
      throw new RatchetError('host-locked', 'A registry import that a run left behind is still at work on the host.', {
        hint: 'End the reg.exe that hangs there (tasklist, taskkill), then run again.',
        place: session.place,
      });
    await delay(AGAIN_MS);
  }
};
