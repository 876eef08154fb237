/** The registry value types that Windows names; `other` carries the number of any further one. */
export type RegistryType =
  | 'REG_NONE'
  | 'REG_SZ'
  | 'REG_EXPAND_SZ'
  | 'REG_BINARY'
  | 'REG_DWORD'
  | 'REG_MULTI_SZ'
  | 'REG_QWORD';

/** A registry value's data with its type. DWORD is unsigned 32 bits; QWORD unsigned 64 bits; bytes are lowercase hex. */
export type RegistryData =
  | { readonly type: 'REG_SZ' | 'REG_EXPAND_SZ'; readonly text: string }
  | { readonly type: 'REG_DWORD'; readonly number: number }
  | { readonly type: 'REG_QWORD'; readonly number: bigint }
  | { readonly type: 'REG_MULTI_SZ'; readonly items: readonly string[] }
  | { readonly type: 'REG_BINARY' | 'REG_NONE'; readonly hex: string }
  | { readonly type: 'other'; readonly typeNumber: number; readonly hex: string };

/** One value of a key: `name` is '' for the key's unnamed (default) value. */
export interface RegistryValue {
  readonly name: string;
  readonly data: RegistryData;
}

/**
 * A key as found. `path` is canonical: long hive name, backslashes, as seen from the 64-bit view, so that
 * `HKEY_LOCAL_MACHINE\SOFTWARE\Wow6432Node\…` is the 32-bit view of a 64-bit Windows.
 */
export interface RegistryKey {
  readonly path: string;
  readonly values: readonly RegistryValue[];
  /** Subkeys, filled in when the query asked for the subtree; direct children's names otherwise have no `values`. */
  readonly subkeys: readonly RegistryKey[];
}

/** What to read. `tree: true` reads the whole subtree in one go. */
export interface RegistryQuery {
  readonly path: string;
  readonly tree?: boolean;
  /**
   * Only this value matters ('' is the unnamed one): lets the reader choose a cheaper or more exact command, and read the
   * value again from an export when `reg query` could not carry it. Others may come along.
   */
  readonly value?: string;
}

/** Answer to a query: the key, or null when it does not exist. A denied key is an error (`access-denied`), never null. */
export type RegistryAnswer = RegistryKey | null;

/** An answer with, for a missing key, the nearest key above it that exists (null for a hive that is not there). */
export type RegistryFinding = { readonly key: RegistryKey } | { readonly key: null; readonly above: string | null };

/** One write, in canonical paths. `create-key` makes an empty key; `delete-key` removes the key with its subtree. */
export type RegistryWrite =
  | { readonly op: 'set'; readonly path: string; readonly name: string; readonly data: RegistryData }
  | { readonly op: 'delete-value'; readonly path: string; readonly name: string }
  | { readonly op: 'create-key'; readonly path: string }
  | { readonly op: 'delete-key'; readonly path: string };

/** Whether two data are the same type and content. */
export const sameData = (a: RegistryData | null, b: RegistryData | null): boolean => {
  if (a === null || b === null) return a === b;
  if (a.type !== b.type) return false;
  if ('text' in a && 'text' in b) return a.text === b.text;
  if ('number' in a && 'number' in b) return BigInt(a.number) === BigInt(b.number);
  if ('items' in a && 'items' in b)
    return a.items.length === b.items.length && a.items.every((item, index) => item === b.items[index]);
  if ('hex' in a && 'hex' in b)
    return a.hex === b.hex && (a.type !== 'other' || b.type !== 'other' || a.typeNumber === b.typeNumber);
  return false;
};

/** Data as a person reads it: `dword 1 (0x1)`, text in quotes, hex for bytes; null is `absent`. */
export const showData = (data: RegistryData | null): string => {
  if (data === null) return 'absent';
  const kind = data.type === 'other' ? `type ${data.typeNumber}` : data.type.replace('REG_', '').toLowerCase();
  if ('text' in data) return `${kind} ${JSON.stringify(data.text)}`;
  if ('number' in data) return `${kind} ${data.number} (0x${data.number.toString(16)})`;
  if ('items' in data) return `${kind} ${JSON.stringify(data.items)}`;
  return `${kind} ${data.hex === '' ? '(empty)' : data.hex}`;
};

/** The registry's hives: short names and the long ones that canonical paths begin with. */
export const HIVES: Readonly<Record<string, string>> = {
  HKLM: 'HKEY_LOCAL_MACHINE',
  HKCU: 'HKEY_CURRENT_USER',
  HKCR: 'HKEY_CLASSES_ROOT',
  HKU: 'HKEY_USERS',
  HKCC: 'HKEY_CURRENT_CONFIG',
};
