/** A number with so many decimals, as Python writes it: exact ties go to the even digit, where JavaScript's go up. */
export const fixed = (value: number, decimals: number): string => {
  const places = Math.min(50, Math.max(0, decimals));
  if (!Number.isFinite(value) || Math.abs(value) >= 1e21) return value.toFixed(places);
  const exact = Math.abs(value).toFixed(Math.min(100, places + 50));
  const cut = exact.indexOf('.') + 1 + places;
  const kept = exact.slice(0, places === 0 ? cut - 1 : cut);
  const tie = /^50*$/.test(exact.slice(cut));
  if (!tie || /[13579]$/.test(kept)) return value.toFixed(places);
  return (value < 0 ? '-' : '') + kept;
};
