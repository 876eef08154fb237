import type { BootMarker } from './host.js';

// Windows computes the boot time as "now minus ticks": it moves by milliseconds to seconds without a restart.
const WOBBLE = 10n * 10_000_000n; // FILETIME counts 100 ns

const eventNumber = (event: string): string => event.slice(0, event.indexOf('/'));

/** Whether two records of the same start event are one; null when there is nothing to compare. */
const sameEvent = (a: string | null | undefined, b: string | null | undefined): boolean | null =>
  a && b && eventNumber(a) === eventNumber(b) ? a === b : null;

const sameTime = (a: string | null, b: string | null): boolean => {
  if (a === null || b === null) return true;
  const apart = BigInt(a) - BigInt(b);
  return (apart < 0n ? -apart : apart) < WOBBLE;
};

/**
 * Whether two markers are of the same boot. The boot id and the start event each prove another boot by themselves (Windows may not
 * raise the id, and a young boot may not have logged its event yet). Boot times, which wobble and follow the clock, decide only where
 * neither can be compared. Nothing to compare counts as the same.
 */
export const sameBoot = (a: BootMarker, b: BootMarker): boolean => {
  const id = a.bootId === null || b.bootId === null ? null : a.bootId === b.bootId;
  const event = sameEvent(a.bootEvent, b.bootEvent);
  if (id === false || event === false) return false;
  return id === true || event === true || sameTime(a.bootTime, b.bootTime);
};
