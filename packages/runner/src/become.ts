import { type Plain, RatchetError, sourceError } from '@ratchet/core';
import type { Task } from '@ratchet/playbook';

/** Who is logged in on a host. */
export interface Login {
  readonly local: boolean;
  /** Absent where only the connection itself knows. */
  readonly user?: string;
}

/** What keywords and variables say about becoming another user, finished. */
export interface Become {
  readonly wanted: boolean;
  readonly user?: string;
  readonly method?: string;
}

const BECOME = /^ansible_(?:become(?:_\w+)?|(?:sudo|su|runas)_(?:user|pass|exe|flags))$/;

const YES = [true, 'yes', 'true', 'True', 'on', '1', 1];

const isYes = (value: Plain | undefined): boolean => YES.some((one) => one === value);

/** What is wanted of the connection's variables, into which the task's keywords were put where no variable spoke. */
export const becomeOf = (vars: Readonly<Record<string, Plain>>): Become => {
  const user = vars['ansible_become_user'] ?? undefined;
  const method = vars['ansible_become_method'] ?? undefined;
  return {
    wanted: isYes(vars['ansible_become']),
    ...(user === undefined ? {} : { user: String(user) }),
    ...(method === undefined ? {} : { method: String(method) }),
  };
};

/** The variables without what speaks of becoming: it makes no other connection. */
export const withoutBecome = (vars: Readonly<Record<string, Plain>>): Readonly<Record<string, Plain>> =>
  Object.fromEntries(Object.entries(vars).filter(([name]) => !BECOME.test(name)));

const bare = (user: string): string => user.toLowerCase().replace(/^\.\\/, '');

/**
 * Whether a task needs nobody but the user who is logged in, as in Ansible: to become who one is asks for nothing. On this machine that
 * is root where no user is named; on Windows (`runas`) the user must be named.
 */
const isAlready = ({ user, method = 'sudo' }: Become, login: Login): boolean => {
  if (login.user === undefined) return false;
  if (login.local) return login.user === (user ?? 'root');
  return method.replace(/^ansible\.builtin\./, '') === 'runas' && user !== undefined && bare(user) === bare(login.user);
};

const HINT = 'Log in as the user who is to do the work (ansible_user, -u), or write become: false.';

/** Throws `not-supported` for a task that would have to become a user who is not logged in. */
export const refuseBecome = (host: string, become: Become, login: Login, task: Task | undefined): void => {
  if (!become.wanted || isAlready(become, login)) return;
  const unnamed = login.local || become.method !== 'runas' ? '"root"' : 'a user who is not named';
  const who = become.user === undefined ? unnamed : `"${become.user}"`;
  const instead = login.user === undefined ? '' : `, and "${login.user}" is logged in`;
  const message = `become is not supported: on ${host} this task would have to become ${who}${instead}.`;
  const at = task && (task.keywordPositions.get('become') ?? task.position);
  if (at) throw sourceError('not-supported', message, at, { hint: HINT });
  throw new RatchetError('not-supported', message, { hint: HINT, place: { at: 'host', host } });
};
