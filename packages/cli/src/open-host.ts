import type { HostWriter, Plain, Secrets } from '@ratchet/core';
import { connect, localFiles, settingsFromVars, type TransportFlags } from '@ratchet/transport';
import { windowsHost } from '@ratchet/windows';
import { localHost } from './local-host.js';
import { addSecretVariables } from './secret-variables.js';

/** A host that the runner may write to, and close at the end. */
export type OpenHost = HostWriter & { close(): Promise<void> };

/**
 * How the runner gets at hosts: the variables (finished) decide the connection; `local` is this machine, everything else
 * a Windows host. `folder` is the playbook's, where local commands begin, as Ansible has it. Throws what `settingsFromVars` throws; nothing is sent yet.
 */
export const hostOpener =
  (flags: TransportFlags, secrets: Secrets) =>
  (host: string, vars: Readonly<Record<string, Plain>>, folder: string): OpenHost => {
    addSecretVariables(secrets, (name) => vars[name]);
    const settings = settingsFromVars(host, vars, flags);
    const connection = connect(settings.kind === 'local' ? { ...settings, folder } : settings);
    const writer =
      connection.kind === 'local' ? localHost(connection, localFiles(host, folder)) : windowsHost(connection);
    return Object.assign(writer, { close: () => connection.close() });
  };
