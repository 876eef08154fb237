import { dirname } from 'node:path';
import { type Dict, isSecretName, type Plain, RatchetError, toPlain, toRatchetError, type Value } from '@ratchet/core';
import { KeywordTemplate, type Task } from '@ratchet/playbook';
import { OMIT } from '@ratchet/template';
import { becomeOf, refuseBecome, withoutBecome } from './become.js';
import type { PlayContext } from './contexts.js';
import type { HostPort, HostState } from './host-state.js';
import { stopIfInterrupted } from './interrupted.js';
import { taskScope, taskTemplar } from './task-scope.js';

/** For whose work a port is: a task may say how to connect, in its keywords or its variables. */
export interface PortUse {
  readonly task?: Task;
  readonly own?: Dict;
}

/** Names of what decides a connection; facts and magic variables do not. */
export const CONNECTION =
  /^(?:ratchet_(?!version$|group_vars$)\w+|ansible_(?:(?:host|port|user|password|connection|private_key_file|host_key_checking|timeout|pipelining)$|become$|(?:ssh|become|shell|remote|winrm|psrp)_))/;

const finishOne = (play: PlayContext, host: HostState, use: PortUse, name: string, value: Value): Plain => {
  try {
    return toPlain(taskTemplar(play, host, use.task, use.own).finish(value));
  } catch (thrown) {
    // The value may be a secret, so neither it nor the line that holds it is shown.
    throw new RatchetError(
      'template-error',
      `host ${host.name}: the variable ${name} is not a valid template (${toRatchetError(thrown).code})`,
      {
        hint: 'If the text is meant as it stands, write it with !unsafe or keep it in a vault.',
      },
    );
  }
};

const finishKeyword = (
  play: PlayContext,
  host: HostState,
  use: PortUse,
  name: string,
  value: Value,
): Plain | undefined => {
  const found = finishOne(play, host, use, name, value);
  if (found !== OMIT) return found;
  return value instanceof KeywordTemplate && value.around !== undefined
    ? finishKeyword(play, host, use, name, value.around)
    : undefined;
};

/**
 * The host's connection variables, templated, for a task that may say more about it; keywords count where no variable does.
 * Passwords among them are known as secrets from here on.
 */
export const connectionVars = (
  play: PlayContext,
  host: HostState,
  use: PortUse = {},
): Readonly<Record<string, Plain>> => {
  const scope = taskScope(play, host, use.task, use.own);
  const vars: Record<string, Plain> = {};
  for (const name of new Set(scope.names())) {
    if (!CONNECTION.test(name)) continue;
    const value = scope.get(name);
    if (value === undefined) continue;
    vars[name] = finishOne(play, host, use, name, value);
    if (isSecretName(name) && typeof vars[name] === 'string') play.run.options.secrets.add(vars[name] as string);
  }
  const { task } = use;
  const keywords = [
    ['ansible_connection', 'connection', task?.connection ?? play.play.connection],
    ['ansible_user', 'remote_user', task?.remoteUser ?? play.play.remoteUser],
    ['ansible_port', 'port', task?.port ?? play.play.port],
    ['ansible_become', 'become', task && (task.become ?? play.run.options.become?.wanted)],
    ['ansible_become_user', 'become_user', task && (task.becomeUser ?? play.run.options.become?.user)],
    ['ansible_become_method', 'become_method', task && (task.becomeMethod ?? play.run.options.become?.method)],
  ] as const;
  for (const [variable, keyword, value] of keywords)
    if (value !== undefined && value !== null && vars[variable] === undefined) {
      const found = finishKeyword(play, host, use, keyword, value);
      if (found !== undefined) vars[variable] = found;
    }
  return vars;
};

/** Throws `not-supported` where these variables ask for another user than the one who is logged in. */
export const checkBecome = (
  play: PlayContext,
  host: HostState,
  vars: Readonly<Record<string, Plain>>,
  task: Task | undefined,
): void => {
  const become = becomeOf(vars);
  if (!become.wanted) return;
  const { login } = play.run.options;
  refuseBecome(host.name, become, login?.(host.name, vars) ?? { local: false }, task);
};

/**
 * The host's port as a task wants it, made at first use and kept for the run: tasks that connect in the same way share one. Throws
 * `interrupted` after Ctrl-C: all connections are closed then.
 */
export const portOf = (play: PlayContext, host: HostState, use: PortUse = {}): HostPort => {
  stopIfInterrupted(play.run.options.signal);
  const all = connectionVars(play, host, use);
  checkBecome(play, host, all, use.task);
  const vars = withoutBecome(all);
  const key = JSON.stringify(vars);
  const known = host.ports.get(key);
  if (known) return known;
  const port = play.run.options.connect(host.name, vars, dirname(play.play.position.file.path));
  if (port.keep) port.habit = play.run.met.habit(host.name);
  host.ports.set(key, port);
  return port;
};
