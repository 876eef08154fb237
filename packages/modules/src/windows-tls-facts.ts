import type { RegistryAnswer, RegistryQuery } from '@ratchet/core';
import { dataIn, dwordIn } from './registry-state.js';
import { PROTOCOLS } from './schannel-guard.js';
import { meaningOf } from './schannel-protocol.js';

const SEEN = ['SSL 2.0', 'SSL 3.0', 'TLS 1.0', 'TLS 1.1', 'TLS 1.2', 'TLS 1.3'] as const;
const VIEWS = { native: 'SOFTWARE', wow64: 'SOFTWARE\\Wow6432Node' } as const;
const RUNTIMES = ['v2.0.50727', 'v4.0.30319'] as const;

const RUNTIME_KEYS = Object.entries(VIEWS).flatMap(([view, software]) =>
  RUNTIMES.map((runtime) => ({
    view,
    runtime,
    path: `HKEY_LOCAL_MACHINE\\${software}\\Microsoft\\.NETFramework\\${runtime}`,
  })),
);

/** What is read for `tlsFacts`, in its order. */
export const tlsQueries: readonly RegistryQuery[] = [
  { path: PROTOCOLS, tree: true },
  ...RUNTIME_KEYS.map(({ path }) => ({ path })),
];

const numberIn = (key: RegistryAnswer, name: string): number | null => dwordIn(dataIn(key, name));

const child = (key: RegistryAnswer, name: string): RegistryAnswer =>
  key?.subkeys.find(({ path }) => path.slice(path.lastIndexOf('\\') + 1).toLowerCase() === name.toLowerCase()) ?? null;

/** One role of a protocol: both null is not configured, and Windows' own default (windows-facts 1.2) holds. */
const sideFacts = (key: RegistryAnswer): Readonly<Record<string, unknown>> => {
  const enabled = numberIn(key, 'Enabled');
  const disabledByDefault = numberIn(key, 'DisabledByDefault');
  return { state: meaningOf(enabled, disabledByDefault), enabled, disabled_by_default: disabledByDefault };
};

/**
 * `schannel` (protocol, then client and server) and `dotnet_tls` (view, then runtime). What is absent is null and never
 * false: the truth then depends on the version of Windows.
 */
export const tlsFacts = (answers: readonly RegistryAnswer[]): Readonly<Record<string, unknown>> => {
  const [protocols = null, ...runtimes] = answers;
  const schannel = SEEN.map((name) => {
    const key = child(protocols, name);
    return [name, { client: sideFacts(child(key, 'Client')), server: sideFacts(child(key, 'Server')) }] as const;
  });
  const dotnet = Object.keys(VIEWS).map((view) => {
    const own = RUNTIME_KEYS.flatMap((one, index) => {
      if (one.view !== view) return [];
      const key = runtimes[index] ?? null;
      const values = {
        strong_crypto: numberIn(key, 'SchUseStrongCrypto'),
        system_default_tls_versions: numberIn(key, 'SystemDefaultTlsVersions'),
      };
      return [[one.runtime, values] as const];
    });
    return [view, Object.fromEntries(own)] as const;
  });
  return { schannel: Object.fromEntries(schannel), dotnet_tls: Object.fromEntries(dotnet) };
};
