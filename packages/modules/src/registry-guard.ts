import type { RegistryData } from '@ratchet/core';
import { dwordIn, isBelow, sameName } from './registry-state.js';
import { type GuardedParams, PROTOCOLS, protocolField } from './schannel-guard.js';
import { TLS } from './schannel-state.js';

const stateOf = (name: string, data: RegistryData | null): GuardedParams['state'] => {
  const number = dwordIn(data);
  if (number === null) return 'default';
  return (number !== 0) === sameName(name, 'Enabled') ? 'enabled' : 'disabled';
};

const nameOf = (protocol: string): string => TLS.find((name) => sameName(name, protocol)) ?? protocol;

/** What writing a value means to SCHANNEL's protocols; null where it means nothing to them. */
export const protocolOfValue = (
  path: string,
  name: string,
  data: RegistryData | null,
): Pick<GuardedParams, 'protocol' | 'role' | 'state'> | null => {
  if (!isBelow(path, PROTOCOLS)) return null;
  const [protocol = '', side = '', ...more] = path.slice(PROTOCOLS.length + 1).split('\\');
  const role = (['client', 'server'] as const).find((one) => sameName(one, side));
  if (role === undefined || more.length > 0) return null;
  if (!protocolField(name)) return null;
  return { protocol: [nameOf(protocol)], role, state: stateOf(name, data) };
};

/** What deleting a key means to them. */
export const protocolsOfDeletedKey = (path: string): Pick<GuardedParams, 'protocol' | 'role' | 'state'> | null => {
  if (sameName(PROTOCOLS, path) || isBelow(PROTOCOLS, path)) return { protocol: TLS, role: 'both', state: 'default' };
  if (!isBelow(path, PROTOCOLS)) return null;
  const [protocol = ''] = path.slice(PROTOCOLS.length + 1).split('\\');
  return { protocol: [nameOf(protocol)], role: 'both', state: 'default' };
};
