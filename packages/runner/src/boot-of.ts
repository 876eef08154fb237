import type { BootMarker, Debt } from '@ratchet/core';
import type { PlayContext } from './contexts.js';
import { portOf } from './host-port.js';
import type { HostPort, HostState } from './host-state.js';

/** What any restart of the host settles. */
export const settledByRestart = (debt: Debt): boolean => debt.kind === 'restart' || debt.handler?.restarts === true;

/** The boots in which what a restart settles was noted. */
export const bootsOwedIn = (host: HostState): readonly BootMarker[] =>
  host.debts.flatMap((debt) => (debt.boot && settledByRestart(debt) ? [debt.boot] : []));

const SOURCES = ['bootId', 'bootEvent', 'bootTime'] as const;

/** Whether a question about `asked` (undefined: about everything) answers one about `wanted`, too. */
const answers = (asked: readonly BootMarker[] | undefined, wanted: readonly BootMarker[]): boolean => {
  const isIn = (markers: readonly BootMarker[], source: (typeof SOURCES)[number]): boolean =>
    markers.some((marker) => (marker[source] ?? null) !== null);
  return asked === undefined || SOURCES.every((source) => isIn(asked, source) || !isIn(wanted, source));
};

const portIn = (play: PlayContext, host: HostState): HostPort => host.home ?? portOf(play, host);

/** The boot that the host is in, asked for once per boot; undefined where the host has none (this machine itself). */
export const bootOf = async (play: PlayContext, host: HostState): Promise<BootMarker | undefined> => {
  const port = portIn(play, host);
  if (!port.keep) return undefined;
  if (host.boot) return host.boot;
  const asked = host.bootAsked?.against === undefined ? host.bootAsked?.answer : undefined;
  host.bootAsked = undefined;
  host.boot = await (asked ?? port.bootMarker());
  return host.boot;
};

/** As much of it as tells whether what the host is owed was settled by a restart. */
export const bootForDebts = async (play: PlayContext, host: HostState): Promise<BootMarker | undefined> => {
  const { bootAsked } = host;
  if (host.boot || !bootAsked?.against || !answers(bootAsked.against, bootsOwedIn(host))) return bootOf(play, host);
  host.bootAsked = undefined;
  return bootAsked.answer;
};

/**
 * Called in the turn of the first read. The boot is asked for in the same command where it is to be needed: as far as it can be compared
 * where this machine remembers that the host is owed a restart, and whole where changes are `expected`, which may owe it one.
 */
export const askBootAhead = (host: HostState, port: HostPort, expected: boolean): void => {
  const owed = bootsOwedIn(host);
  if (host.met || host.boot || host.bootAsked || !port.keep || !(expected || owed.length > 0)) return;
  const against = expected ? undefined : owed;
  const answer = port.bootMarker(undefined, against);
  host.bootAsked = { answer, against };
  // Whoever needs it asks again, and says why it failed.
  answer.catch(() => {
    host.bootAsked = undefined;
  });
};

/** The host was restarted. */
export const forgetBoot = (host: HostState): void => {
  host.boot = undefined;
  host.bootAsked = undefined;
};
