import { showData } from '@ratchet/core';
import { decodeReg } from '@ratchet/windows';

const CONTROL_SET = /^HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet/i;

/** The values of a `.reg` text by `path name`, names folded, data as people read it. */
export const valuesOf = (reg: string | Uint8Array): ReadonlyMap<string, string> =>
  new Map(
    decodeReg(reg).flatMap((write) =>
      write.op === 'set'
        ? [
            [
              `${write.path.replace(CONTROL_SET, 'HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet')} ${write.name}`.toLowerCase(),
              showData(write.data),
            ] as const,
          ]
        : [],
    ),
  );

/** The values that `after` has beyond `before`, and those that differ or are gone. */
export const difference = (before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>) => ({
  added: Object.fromEntries([...after].filter(([key]) => !before.has(key))),
  changed: [...before]
    .filter(([key, data]) => after.get(key) !== data)
    .map(([key, data]) => `${key}: ${data} → ${after.get(key) ?? 'gone'}`),
});

const withParents = (path: string): readonly string[] => {
  const parts = path.split('\\');
  return parts.map((_, index) => parts.slice(0, index + 1).join('\\'));
};

/** The keys of a `.reg` text with those above them, folded. */
export const keysOf = (reg: string | Uint8Array): ReadonlySet<string> =>
  new Set(decodeReg(reg).flatMap(({ path }) => withParents(path.toLowerCase())));
