import type { Plain } from '@ratchet/core';
import { flag, port, text, timeout } from './vars.js';

/** What the command line says about connections. A variable of the host is stronger, as in Ansible. */
export interface TransportFlags {
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  readonly privateKey?: string | undefined;
  readonly timeoutSeconds?: number | undefined;
  readonly commonArgs?: string | undefined;
  readonly extraArgs?: string | undefined;
  /** The home folder, for `~/.ssh`; default: the user's. */
  readonly home?: string | undefined;
  /** The environment, for SSH_AUTH_SOCK; default: the process's. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
}

/** A text of ssh arguments, and the variable or flag it is from. */
interface WrittenArguments {
  readonly text: string;
  readonly where: string;
}

/** What the variables of a host say about its connection, and the flags where they say nothing. */
export interface WrittenSettings {
  readonly address: string;
  readonly user: string | undefined;
  readonly port: number | undefined;
  readonly password: string | undefined;
  readonly privateKey: string | undefined;
  /** Opens the private keys that are encrypted. */
  readonly passphrase: string | undefined;
  /** For the hops of a ProxyJump. */
  readonly jumpPassword: string | undefined;
  readonly knownHosts: string | undefined;
  readonly timeoutSeconds: number | undefined;
  /** False where the host's key shall not be checked. */
  readonly checkHostKey: boolean;
  readonly arguments: readonly WrittenArguments[];
}

/**
 * Reads the variables of a connection under all their names.
 * @throws `inventory-invalid` for a variable of the wrong type
 */
export const writtenSettings = (
  host: string,
  vars: Readonly<Record<string, Plain>>,
  flags: TransportFlags,
): WrittenSettings => {
  const own = (...names: readonly string[]): string | undefined => text(host, vars, names);
  const args = (variable: string, fallback: string | undefined, option: string): WrittenArguments => {
    const written = own(variable);
    return { text: written ?? fallback ?? '', where: written === undefined ? option : variable };
  };
  return {
    address: own('ansible_host', 'ansible_ssh_host') ?? host,
    user: own('ansible_user', 'ansible_ssh_user') ?? flags.user,
    port: port(host, vars),
    password: own('ansible_password', 'ansible_ssh_pass', 'ansible_ssh_password') ?? flags.password,
    privateKey: own('ansible_ssh_private_key_file', 'ansible_private_key_file') ?? flags.privateKey,
    passphrase: own('ansible_ssh_private_key_passphrase'),
    jumpPassword: own('ratchet_jump_password'),
    knownHosts: own('ratchet_known_hosts'),
    timeoutSeconds: timeout(host, vars) ?? flags.timeoutSeconds,
    checkHostKey: flag(host, vars, ['ansible_host_key_checking', 'ansible_ssh_host_key_checking']) !== false,
    arguments: [
      args('ansible_ssh_common_args', flags.commonArgs, '--ssh-common-args'),
      args('ansible_ssh_extra_args', flags.extraArgs, '--ssh-extra-args'),
    ],
  };
};
