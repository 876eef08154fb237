import { RatchetError } from '@ratchet/core';
import type { Play } from '@ratchet/playbook';

/**
 * What a keyword of a play comes to. As in Ansible, one that cannot be told makes the playbook one that is not right
 * (`playbook-invalid`): no task of it failed.
 */
export const toldOfPlay = <T>(play: Play, keyword: string, tell: () => T): T => {
  try {
    return tell();
  } catch (thrown) {
    if (!(thrown instanceof RatchetError)) throw thrown;
    throw new RatchetError('playbook-invalid', `The play's "${keyword}" cannot be told: ${thrown.message}`, {
      cause: thrown,
      hint: thrown.hint,
      place: thrown.place ?? { at: 'source', position: play.position },
    });
  }
};
