import { dirname } from 'node:path';
import { isSecretName, type Plain, RatchetError, toPlain, toRatchetError, type Value } from '@ratchet/core';
import type { PlayContext } from './contexts.js';
import type { HostPort, HostState } from './host-state.js';
import { stopIfInterrupted } from './interrupted.js';
import { taskScope, taskTemplar } from './task-scope.js';

const isConnectionName = (name: string): boolean => /^(ansible|ratchet)_/.test(name);

const finishOne = (play: PlayContext, host: HostState, name: string, value: Value): Plain => {
  try {
    return toPlain(taskTemplar(play, host, undefined).finish(value));
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

/** The host's connection variables, templated; passwords among them are known as secrets from here on. */
export const connectionVars = (play: PlayContext, host: HostState): Readonly<Record<string, Plain>> => {
  const scope = taskScope(play, host, undefined);
  const vars: Record<string, Plain> = {};
  for (const name of new Set(scope.names())) {
    if (!isConnectionName(name) || /^ansible_(play|check|diff|run|skip|limit|forks|verbosity|loop)/.test(name))
      continue;
    const value = scope.get(name);
    if (value === undefined) continue;
    vars[name] = finishOne(play, host, name, value);
    if (isSecretName(name) && typeof vars[name] === 'string') play.run.options.secrets.add(vars[name] as string);
  }
  if (play.play.connection !== undefined && vars['ansible_connection'] === undefined) {
    vars['ansible_connection'] = finishOne(play, host, 'connection', play.play.connection);
  }
  if (play.play.remoteUser !== undefined && vars['ansible_user'] === undefined) {
    vars['ansible_user'] = finishOne(play, host, 'remote_user', play.play.remoteUser);
  }
  return vars;
};

/** The host's port, made at first use and kept for the run. Throws `interrupted` after Ctrl-C: all connections are closed then. */
export const portOf = (play: PlayContext, host: HostState): HostPort => {
  stopIfInterrupted(play.run.options.signal);
  host.port ??= play.run.options.connect(host.name, connectionVars(play, host), dirname(play.playbook.file.path));
  return host.port;
};
