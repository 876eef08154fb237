import { sourceError, toPlain, type Value } from '@ratchet/core';
import type { Play } from '@ratchet/playbook';

const sizeOf = (text: string, total: number, play: Play): number => {
  const percent = /^\s*(\d+(?:\.\d+)?)\s*%\s*$/.exec(text);
  const size = percent ? Math.max(1, Math.floor((Number(percent[1]) / 100) * total)) : Number(text);
  if (!Number.isInteger(size) || size < 0)
    throw sourceError('param-invalid', `serial: ${text} is neither a number nor a percentage`, play.position);
  return size === 0 ? total : size;
};

/** The hosts of a play cut into batches by `serial`: a number, a percentage, or a list of them of which the last repeats. */
export const batchesOf = <T>(hosts: readonly T[], play: Play, serial: Value | undefined): readonly (readonly T[])[] => {
  if (serial === undefined || serial === null) return [hosts];
  const sizes = (Array.isArray(serial) ? serial : [serial]).map((size) =>
    sizeOf(String(toPlain(size)), hosts.length, play),
  );
  const batches: (readonly T[])[] = [];
  let at = 0;
  for (let index = 0; at < hosts.length; index++) {
    const size = sizes[Math.min(index, sizes.length - 1)] ?? hosts.length;
    batches.push(hosts.slice(at, at + size));
    at += size;
  }
  return batches;
};
