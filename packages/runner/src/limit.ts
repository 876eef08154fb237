/**
 * Runs the work on every item, at most `limit` at a time; the results in order. After a rejection no further item is begun;
 * it is passed on once the work in flight has ended, so that nothing goes on behind the caller's back.
 */
export const mapLimited = async <T, R>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> => {
  const results = new Array<R>(items.length);
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < items.length) {
      const index = next;
      next += 1;
      try {
        results[index] = await work(items[index] as T);
      } catch (thrown) {
        next = items.length;
        throw thrown;
      }
    }
  };
  const ends = await Promise.allSettled(
    Array.from({ length: Math.max(1, Math.min(limit, items.length)) }, () => worker()),
  );
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  return results;
};
