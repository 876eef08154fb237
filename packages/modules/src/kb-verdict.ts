import type { WindowsVersion } from '@ratchet/core';

/** What is known of an update on a host. */
export type KbVerdict = 'installed' | 'superseded' | 'not_applicable' | 'pending_reboot' | 'missing' | 'unknown';

/** A package of component based servicing with its CurrentState; null where the key holds none. */
export interface ServicingPackage {
  readonly name: string;
  readonly state: number | null;
}

/** `KB3154520` from any way to write it (`kb3154520`, `3154520`, `KB 3154520`), or null when it is no update's number. */
export const normalizeKb = (text: string): string | null => {
  const digits = /^\s*(?:KB)?\s*(\d{5,8})\s*$/i.exec(text)?.[1];
  return digits === undefined ? null : `KB${digits}`;
};

/** Whether a package's name is of this update: its number ends at `~` or `_`, so KB315452 is not KB3154520. */
export const isPackageOf = (kb: string, packageName: string): boolean =>
  new RegExp(`_for_${kb}[~_]`, 'i').test(packageName);

interface Applies {
  readonly builds: readonly number[];
  /** From this update build revision on, later cumulative updates contain it. */
  readonly containedFromUbr?: number;
}

// windows-facts 3.1: the builds that each update is for.
const APPLIES: Readonly<Record<string, Applies>> = {
  KB3154518: { builds: [7601] },
  KB3154519: { builds: [9200] },
  KB3154520: { builds: [9600] },
  KB3154521: { builds: [7601, 9200, 9600] },
  KB3156421: { builds: [10586], containedFromUbr: 318 },
};

// CurrentState, best first (windows-facts 3.3); every other state is not installed.
const STATES: readonly (readonly [number, KbVerdict])[] = [
  [0x80, 'installed'],
  [0x70, 'installed'],
  [0x50, 'superseded'],
  [0x60, 'pending_reboot'],
];

/**
 * Whether a Windows has an update. `packages` are servicing's, null when its list cannot be read; `listed` are the
 * updates that `wmic qfe` names beside them.
 */
export const kbVerdict = (
  kb: string,
  windows: Pick<WindowsVersion, 'build' | 'ubr'>,
  packages: readonly ServicingPackage[] | null,
  listed: readonly string[] = [],
): KbVerdict => {
  const states = (packages ?? []).filter(({ name }) => isPackageOf(kb, name)).map(({ state }) => state);
  const known = STATES.find(([state]) => states.includes(state));
  if (known) return known[1];
  if (listed.includes(kb) && states.length === 0) return 'installed';
  const applies = APPLIES[kb];
  if (applies && !applies.builds.includes(windows.build)) return 'not_applicable';
  if (applies?.containedFromUbr !== undefined && windows.ubr >= applies.containedFromUbr) return 'superseded';
  return packages === null ? 'unknown' : 'missing';
};
