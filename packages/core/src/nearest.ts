// Letters left out, added, changed, or swapped with their neighbour.
const distance = (a: string, b: string): number => {
  let before: readonly number[] = [];
  let row: readonly number[] = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swap = swapped ? (before[j - 2] as number) + 1 : change;
      next.push(Math.min(change, swap, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    before = row;
    row = next;
  }
  return row[b.length] as number;
};

/** The name nearest to a mistyped one, or undefined when none is near (more than a third of its letters differ). */
export const nearestName = (wrong: string, names: Iterable<string>): string | undefined => {
  let best: { readonly name: string; readonly cost: number } | undefined;
  for (const name of names) {
    const cost = distance(wrong.toLowerCase(), name.toLowerCase());
    if (cost <= Math.max(1, Math.floor(Math.max(wrong.length, name.length) / 3)) && (!best || cost < best.cost))
      best = { name, cost };
  }
  return best?.name;
};

/** `Did you mean "x"?` for the nearest name, or undefined. */
export const didYouMean = (wrong: string, names: Iterable<string>): string | undefined => {
  const name = nearestName(wrong, names);
  return name === undefined ? undefined : `Did you mean "${name}"?`;
};
