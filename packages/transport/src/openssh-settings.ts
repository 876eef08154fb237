import { type Plain, RatchetError } from '@ratchet/core';
import type { ConnectionSettings } from './endpoint.js';
import { splitWords } from './ssh-options.js';
import { flag, port, text, timeout } from './vars.js';

interface OpensshFlags {
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  readonly privateKey?: string | undefined;
  readonly timeoutSeconds?: number | undefined;
  readonly commonArgs?: string | undefined;
  readonly extraArgs?: string | undefined;
}

/**
 * The arguments for the system's `ssh`. It reads its own configuration; what the variables and flags say goes before.
 * @throws `option-invalid` for a password, which could only be given on a terminal.
 */
export const opensshSettings = (
  host: string,
  vars: Readonly<Record<string, Plain>>,
  flags: OpensshFlags,
): ConnectionSettings => {
  const password = text(host, vars, ['ansible_password', 'ansible_ssh_pass', 'ansible_ssh_password']) ?? flags.password;
  if (password !== undefined)
    throw new RatchetError('option-invalid', 'ansible_connection: openssh cannot log in with a password.', {
      hint: 'Use a key or an agent, or ansible_connection: ssh with the password.',
      place: { at: 'host', host },
    });
  const options: string[] = [];
  const set = (name: string, value: string | number | undefined): void => {
    if (value !== undefined) options.push('-o', `${name}=${value}`);
  };
  const asked = timeout(host, vars) ?? flags.timeoutSeconds;
  const seconds = asked ?? 10;
  set('Port', port(host, vars));
  set('User', quoted(text(host, vars, ['ansible_user', 'ansible_ssh_user']) ?? flags.user));
  set(
    'IdentityFile',
    quoted(text(host, vars, ['ansible_ssh_private_key_file', 'ansible_private_key_file']) ?? flags.privateKey),
  );
  set('UserKnownHostsFile', quoted(text(host, vars, ['ratchet_known_hosts'])));
  if (flag(host, vars, ['ansible_host_key_checking', 'ansible_ssh_host_key_checking']) === false)
    set('StrictHostKeyChecking', 'no');
  set('ConnectTimeout', asked);
  const common = text(host, vars, ['ansible_ssh_common_args']) ?? flags.commonArgs ?? '';
  const extra = text(host, vars, ['ansible_ssh_extra_args']) ?? flags.extraArgs ?? '';
  const words = [...splitWords(common, 'ansible_ssh_common_args'), ...splitWords(extra, 'ansible_ssh_extra_args')];
  // The defaults come last: for ssh the first value of an option counts.
  const defaults = ['-o', `ConnectTimeout=${seconds}`, '-o', 'ServerAliveInterval=15', '-o', 'ServerAliveCountMax=3'];
  return {
    kind: 'openssh',
    host,
    address: text(host, vars, ['ansible_host', 'ansible_ssh_host']) ?? host,
    args: ['-o', 'BatchMode=yes', ...options, ...words, ...defaults],
    connectTimeoutMs: seconds * 1000,
  };
};

const quoted = (value: string | undefined): string | undefined => {
  if (value === undefined) return undefined;
  return /[\s"]/.test(value) ? `"${value.replace(/"/g, '\\"')}"` : value;
};
