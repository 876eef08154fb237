import { type Connection, RatchetError } from '@ratchet/core';
import type { ConnectionSettings } from './endpoint.js';
import { Ssh2Connection } from './ssh2-connection.js';

export type { ConnectionSettings, Endpoint, HostKeyChecking, HostKeySettings } from './endpoint.js';

/** A connection by its settings. Nothing is sent before the first command or file. */
export const connect = (settings: ConnectionSettings): Connection => {
  if (settings.kind === 'ssh') return new Ssh2Connection(settings);
  throw new RatchetError('not-supported', `ansible_connection: ${settings.kind} is not there yet.`);
};

export { settingsFromVars, type TransportFlags } from './settings.js';
