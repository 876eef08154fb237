/** What SCHANNEL finds for one protocol and side; null is absent or no number. */
export interface ProtocolValues {
  readonly enabled: number | null;
  readonly disabledByDefault: number | null;
}

/** The TLS protocols that a role can live on; SSL is broken, and DTLS and PCT are for other things. */
export const TLS = ['TLS 1.0', 'TLS 1.1', 'TLS 1.2', 'TLS 1.3'] as const;

interface Support {
  readonly from: number;
  /** Protocols by what they are when nothing is configured; one that is in neither list is not in this Windows. */
  readonly on: readonly string[];
  readonly off: readonly string[];
}

const OLD = ['SSL 3.0', 'TLS 1.0'];
const MODERN = ['TLS 1.1', 'TLS 1.2'];

// windows-facts 1.2 (Learn, "Protocols in TLS/SSL (Schannel SSP)"), newest first. The vendor contradicts itself about 24H2 and 2025:
// there TLS 1.0 and 1.1 are taken for off unless they are written.
const SUPPORT: readonly Support[] = [
  { from: 26_100, on: ['TLS 1.2', 'TLS 1.3', 'DTLS 1.0', 'DTLS 1.2'], off: ['SSL 3.0', 'TLS 1.0', 'TLS 1.1'] },
  { from: 20_348, on: ['TLS 1.0', ...MODERN, 'TLS 1.3', 'DTLS 1.0', 'DTLS 1.2'], off: ['SSL 3.0'] },
  { from: 14_393, on: ['TLS 1.0', ...MODERN, 'DTLS 1.0', 'DTLS 1.2'], off: ['SSL 3.0'] },
  { from: 9200, on: [...OLD, ...MODERN, 'DTLS 1.0'], off: ['SSL 2.0'] },
  { from: 7600, on: [...OLD, 'DTLS 1.0'], off: ['SSL 2.0', ...MODERN] },
  { from: 6002, on: OLD, off: ['SSL 2.0', ...MODERN] },
  { from: 0, on: OLD, off: ['SSL 2.0'] },
];

const supportOf = (build: number): Support => SUPPORT.find(({ from }) => build >= from) as Support;

/** Whether this Windows has the protocol at all. */
export const isSupported = (protocol: string, build: number): boolean => {
  const { on, off } = supportOf(build);
  return on.includes(protocol) || off.includes(protocol);
};

/**
 * Whether a program that asks for nothing special is offered the protocol (windows-facts 1.1): `Enabled` 0 is off, a non-zero
 * `DisabledByDefault` offers it on request only, any other written value is on, and with none the default of this Windows holds.
 */
export const isUsable = (protocol: string, { enabled, disabledByDefault }: ProtocolValues, build: number): boolean => {
  if (!isSupported(protocol, build) || enabled === 0) return false;
  if (disabledByDefault !== null && disabledByDefault !== 0) return false;
  return enabled !== null || disabledByDefault === 0 || supportOf(build).on.includes(protocol);
};
