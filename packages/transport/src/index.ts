import type { Connection } from '@ratchet/core';
import type { ConnectionSettings } from './endpoint.js';
import { LocalConnection } from './local-connection.js';
import { OpensshConnection } from './openssh-connection.js';
import { Ssh2Connection } from './ssh2-connection.js';

export type { ConnectionSettings, Endpoint, HostKeyChecking, HostKeySettings } from './endpoint.js';
export { knock } from './knock.js';
export { localFiles } from './local-files.js';
export { settingsFromVars, type TransportFlags } from './settings.js';

/** A connection by its settings. Nothing is started or sent before the first command or file. */
export const connect = (settings: ConnectionSettings): Connection => {
  if (settings.kind === 'ssh') return new Ssh2Connection(settings);
  return settings.kind === 'openssh'
    ? new OpensshConnection(settings)
    : new LocalConnection(settings.host, settings.folder);
};
