import { resolve } from 'node:path';
import { type Dict, RatchetError, type Template, toPlain } from '@ratchet/core';
import { layeredScope, Templar } from '@ratchet/template';
import type { Around } from './around.js';
import type { Session } from './session.js';

type Known = Pick<Around, 'inherited' | 'playVars' | 'role'>;

/** What is known before a run, the strongest first: no inventory, no facts. */
const layersOf = (around: Known, own: Dict, session: Session): readonly Dict[] => [
  ...(session.options.extraVars ? [session.options.extraVars] : []),
  around.inherited.includeParams,
  own,
  around.inherited.vars,
  ...(around.role ? [around.role.vars] : []),
  around.playVars,
  ...(around.role ? [around.role.defaults, magicOfRole(around.role)] : []),
];

const magicOfRole = (role: NonNullable<Around['role']>): Dict =>
  new Map([
    ['role_name', role.name],
    ['role_path', resolve(role.path)],
  ]);

/**
 * A text finished with what is known before the run: `-e`, variables of the import, the role and the play, and `vars_files`. Throws as
 * templating does.
 */
export const finishKnown = (text: string | Template, around: Known, own: Dict, session: Session): string =>
  typeof text === 'string'
    ? text
    : String(toPlain(new Templar(layeredScope(layersOf(around, own, session))).finish(text)));

const HINT =
  'An import is read before the run, with -e and the variables of the play: write include_tasks or include_role, whose name is finished when the play comes to it.';

/** The name of what is imported, finished with what is known before the run; undefined where that cannot be: it is then reported. */
export const finishEarly = (
  name: string | Template,
  around: Known,
  own: Dict,
  session: Session,
): string | undefined => {
  if (typeof name === 'string') return name;
  return session.findings.attempt(name.position, () => {
    try {
      return finishKnown(name, around, own, session);
    } catch (thrown) {
      if (!(thrown instanceof RatchetError && thrown.code === 'undefined-variable')) throw thrown;
      throw new RatchetError(thrown.code, thrown.message, {
        hint: [thrown.hint, HINT].join(' ').trim(),
        place: thrown.place,
        cause: thrown,
      });
    }
  });
};
