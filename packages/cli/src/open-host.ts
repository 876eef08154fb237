import type { HostKeep, HostWriter, Plain, Secrets } from '@ratchet/core';
import { connect, localFiles, settingsFromVars, type TransportFlags } from '@ratchet/transport';
import { windowsHost } from '@ratchet/windows';
import { localHost } from './local-host.js';
import type { RunFlags } from './run-flags.js';
import { addSecretVariables } from './secret-variables.js';
import type { Settings } from './settings.js';

/** A host that the runner may write to, and close at the end. */
export type OpenHost = HostWriter & {
  close(): Promise<void>;
  endSessions?(): Promise<void>;
  readonly keep?: HostKeep;
};

/** Connection variables of hosts that say nothing themselves. */
export type ConnectionDefaults = Readonly<Record<string, Plain>>;

/** Who logs in on a host over such a connection. Throws what `settingsFromVars` throws. */
export const loginOf =
  (flags: TransportFlags, defaults: ConnectionDefaults, localUser: string) =>
  (host: string, written: Readonly<Record<string, Plain>>): { readonly local: boolean; readonly user?: string } => {
    const vars = { ...defaults, ...written };
    const settings = settingsFromVars(host, vars, flags);
    if (settings.kind === 'local') return { local: true, user: localUser };
    if (settings.kind === 'ssh') return { local: false, user: settings.endpoint.user };
    const named = vars['ansible_user'] ?? vars['ansible_ssh_user'] ?? flags.user;
    return { local: false, ...(named === undefined || named === null ? {} : { user: String(named) }) };
  };

/** What flags and settings say for hosts whose variables, and plays, do not. */
export const connectionDefaults = (flags: Pick<RunFlags, 'connection'>, settings: Settings): ConnectionDefaults => ({
  ...(flags.connection === undefined ? {} : { ansible_connection: flags.connection }),
  ...(settings.flag('hostKeyChecking') === false ? { ansible_host_key_checking: false } : {}),
});

/**
 * How the runner gets at hosts: the variables (finished) decide the connection; `local` is this machine, everything else
 * a Windows host. `folder` is the playbook's, where local commands begin, as Ansible has it. Throws what `settingsFromVars` throws; nothing is sent yet.
 */
export const hostOpener =
  (flags: TransportFlags, defaults: ConnectionDefaults, secrets: Secrets) =>
  (host: string, written: Readonly<Record<string, Plain>>, folder: string): OpenHost => {
    const vars = { ...defaults, ...written };
    addSecretVariables(secrets, (name) => vars[name]);
    const settings = settingsFromVars(host, vars, flags);
    const connection = connect(settings.kind === 'local' ? { ...settings, folder } : settings);
    const writer: HostWriter & { endSessions?(): Promise<void>; readonly keep?: HostKeep } =
      connection.kind === 'local' ? localHost(connection, localFiles(host, folder)) : windowsHost(connection);
    return Object.assign(writer, {
      close: async () => {
        await writer.endSessions?.();
        await connection.close();
      },
    });
  };
