import type { BootMarker } from '@ratchet/core';

// Windows computes the boot time as "now minus ticks": it moves by milliseconds to seconds without a restart.
const WOBBLE = 10n * 10_000_000n; // FILETIME counts 100 ns

/**
 * Whether two markers are of the same boot. The boot id decides where both have one (a clock may be set back while
 * Windows starts); otherwise the boot times, which may wobble. Nothing to compare counts as the same.
 */
export const sameBoot = (a: BootMarker, b: BootMarker): boolean => {
  if (a.bootId !== null && b.bootId !== null) return a.bootId === b.bootId;
  if (a.bootTime === null || b.bootTime === null) return true;
  const apart = BigInt(a.bootTime) - BigInt(b.bootTime);
  return (apart < 0n ? -apart : apart) < WOBBLE;
};
