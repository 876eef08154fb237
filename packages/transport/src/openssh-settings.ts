import { type Plain, RatchetError } from '@ratchet/core';
import type { ConnectionSettings } from './endpoint.js';
import { splitWords } from './ssh-options.js';
import { type TransportFlags, type WrittenSettings, writtenSettings } from './written-settings.js';

/**
 * The arguments for the system's `ssh`. It reads its own configuration; what the variables and flags say goes before.
 * @throws `option-invalid` for a password, which could only be given on a terminal.
 */
export const opensshSettings = (
  host: string,
  vars: Readonly<Record<string, Plain>>,
  flags: TransportFlags,
): ConnectionSettings => {
  const written = writtenSettings(host, vars, flags);
  refuseSecrets(host, written);
  const options: string[] = [];
  const set = (name: string, value: string | number | undefined): void => {
    if (value !== undefined) options.push('-o', `${name}=${value}`);
  };
  const seconds = written.timeoutSeconds ?? CONNECT_SECONDS;
  set('Port', written.port);
  set('User', quoted(written.user));
  set('IdentityFile', quoted(written.privateKey));
  set('UserKnownHostsFile', quoted(written.knownHosts));
  if (!written.checkHostKey) set('StrictHostKeyChecking', 'no');
  set('ConnectTimeout', written.timeoutSeconds);
  const words = written.arguments.flatMap(({ text, where }) => splitWords(text, where));
  // The defaults come last: for ssh the first value of an option counts.
  const defaults = ['-o', `ConnectTimeout=${seconds}`, '-o', 'ServerAliveInterval=15', '-o', 'ServerAliveCountMax=3'];
  return {
    kind: 'openssh',
    host,
    address: written.address,
    args: ['-o', 'BatchMode=yes', ...options, ...words, ...defaults],
    connectTimeoutMs: seconds * 1000,
  };
};

const CONNECT_SECONDS = 10;

// The ssh program takes secrets on a terminal only.
const refuseSecrets = (host: string, { password, passphrase, jumpPassword }: WrittenSettings): void => {
  const [name] = [
    password === undefined ? [] : ['a password'],
    passphrase === undefined ? [] : ["a key's passphrase"],
    jumpPassword === undefined ? [] : ['the password of a hop'],
  ].flat();
  if (name === undefined) return;
  throw new RatchetError('option-invalid', `ansible_connection: openssh cannot log in with ${name}.`, {
    hint: 'Use a key or an agent, or ansible_connection: ssh with it.',
    place: { at: 'host', host },
  });
};

const quoted = (value: string | undefined): string | undefined => {
  if (value === undefined) return undefined;
  return /[\s"]/.test(value) ? `"${value.replace(/"/g, '\\"')}"` : value;
};
