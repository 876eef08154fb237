import { HIVES, type RegistryData, type RegistryKey, type RegistryValue, type RegistryWrite } from '@ratchet/core';

/** The registry view that `/reg:32` and `/reg:64` pick. */
export type RegistryView = '64' | '32';

interface KeyNode {
  readonly name: string;
  readonly volatile: boolean;
  readonly values: Map<string, RegistryValue>;
  readonly children: Map<string, KeyNode>;
}

/** Subtrees of HKLM\SOFTWARE that both views share (Learn, "Registry Keys Affected by WOW64"). */
const SHARED = [
  'policies',
  'microsoft\\systemcertificates',
  'microsoft\\windows\\currentversion\\policies',
  'microsoft\\windows\\currentversion\\setup',
  'microsoft\\enterprisecertificates',
];

const fold = (name: string): string => name.toUpperCase();

const newNode = (name: string, isVolatile: boolean): KeyNode => ({
  name,
  volatile: isVolatile,
  values: new Map(),
  children: new Map(),
});

/** A key path's parts with the long hive name first, or null when the hive is none of Windows'. */
export const keyParts = (path: string): readonly string[] | null => {
  const [hive = '', ...rest] = path.replace(/\\+$/, '').split('\\');
  const long = HIVES[fold(hive)] ?? fold(hive);
  if (!Object.values(HIVES).includes(long)) return null;
  return [long, ...rest.filter((part) => part !== '')];
};

/** Where a path of the 32-bit view lies in the 64-bit one. */
export const toView64 = (parts: readonly string[], view: RegistryView): readonly string[] => {
  if (view === '64' || parts[0] !== 'HKEY_LOCAL_MACHINE' || parts[1]?.toLowerCase() !== 'software') return parts;
  const below = parts.slice(2).join('\\').toLowerCase();
  if (SHARED.some((shared) => below === shared || below.startsWith(`${shared}\\`))) return parts;
  if (parts[2]?.toLowerCase() === 'wow6432node') return parts;
  return [...parts.slice(0, 2), 'Wow6432Node', ...parts.slice(2)];
};

/** A registry in memory, named as the 64-bit view names it. Names are matched without regard to case and kept as first written. */
export class MemoryRegistry {
  readonly #roots = new Map<string, KeyNode>();
  readonly #isVolatile: (path: string) => boolean;

  /** `isVolatile` tells which keys, when somebody makes them, live until the next boot only. */
  constructor(isVolatile: (path: string) => boolean = () => false) {
    this.#isVolatile = isVolatile;
    for (const hive of Object.values(HIVES)) this.#roots.set(hive, newNode(hive, false));
  }

  /** The canonical spelling of an existing key, or null. */
  key(path: string, view: RegistryView = '64'): RegistryKey | null {
    const found = this.#find(path, view);
    return found && this.#read(found.node, found.path);
  }

  /** One value of a key, or null when the key or the value is missing. */
  value(path: string, name: string, view: RegistryView = '64'): RegistryValue | null {
    return this.#find(path, view)?.node.values.get(fold(name)) ?? null;
  }

  /** Makes a key with its parents; a volatile one is gone after the next boot. */
  createKey(path: string, view: RegistryView = '64', isVolatile = false): void {
    this.#make(path, view, isVolatile);
  }

  set(path: string, name: string, data: RegistryData, view: RegistryView = '64'): void {
    const values = this.#make(path, view, false).values;
    values.set(fold(name), { name: values.get(fold(name))?.name ?? name, data });
  }

  /** False when there is no such value. */
  deleteValue(path: string, name: string, view: RegistryView = '64'): boolean {
    return this.#find(path, view)?.node.values.delete(fold(name)) ?? false;
  }

  /** Removes the key with its subtree; false when it is not there. */
  deleteKey(path: string, view: RegistryView = '64'): boolean {
    const found = this.#find(path, view);
    if (!found) return false;
    if (!found.parent) throw new Error(`A hive cannot be deleted: ${found.path}`);
    return found.parent.children.delete(fold(found.node.name));
  }

  /** Applies writes as `reg import` would: in order, missing things to delete are passed over. */
  apply(writes: readonly RegistryWrite[], view: RegistryView = '64'): void {
    for (const write of writes) {
      if (write.op === 'set') this.set(write.path, write.name, write.data, view);
      else if (write.op === 'create-key') this.createKey(write.path, view);
      else if (write.op === 'delete-value') this.deleteValue(write.path, write.name, view);
      else this.deleteKey(write.path, view);
    }
  }

  /** Removes every volatile key, as a boot does. */
  dropVolatile(): void {
    const sweep = (node: KeyNode): void => {
      for (const [name, child] of node.children) {
        if (child.volatile) node.children.delete(name);
        else sweep(child);
      }
    };
    for (const root of this.#roots.values()) sweep(root);
  }

  /** The writes that build this hive again, keys and names sorted, volatile keys left out. */
  writes(hive = 'HKEY_LOCAL_MACHINE'): RegistryWrite[] {
    const out: RegistryWrite[] = [];
    const walk = (node: KeyNode, path: string): void => {
      if (node.volatile) return;
      if (node.values.size === 0 && node.children.size === 0) out.push({ op: 'create-key', path });
      for (const [, value] of sorted(node.values)) out.push({ op: 'set', path, name: value.name, data: value.data });
      for (const [, child] of sorted(node.children)) walk(child, `${path}\\${child.name}`);
    };
    const root = this.#roots.get(hive);
    if (root) for (const [, child] of sorted(root.children)) walk(child, `${hive}\\${child.name}`);
    return out;
  }

  #read(node: KeyNode, path: string): RegistryKey {
    return {
      path,
      values: [...node.values.values()],
      subkeys: [...node.children.values()].map((child) => this.#read(child, `${path}\\${child.name}`)),
    };
  }

  #find(path: string, view: RegistryView): { node: KeyNode; parent: KeyNode | null; path: string } | null {
    const parts = keyParts(path);
    const [hive = '', ...names] = parts ? toView64(parts, view) : [];
    let node = this.#roots.get(hive);
    if (!node) return null;
    let parent: KeyNode | null = null;
    let canonical = hive;
    for (const name of names) {
      const child: KeyNode | undefined = node.children.get(fold(name));
      if (!child) return null;
      parent = node;
      node = child;
      canonical += `\\${child.name}`;
    }
    return { node, parent, path: canonical };
  }

  #make(path: string, view: RegistryView, isVolatile: boolean): KeyNode {
    const parts = keyParts(path);
    const [hive = '', ...names] = parts ? toView64(parts, view) : [];
    let node = this.#roots.get(hive);
    if (!node) throw new Error(`There is no such hive: ${path}`);
    let path64 = hive;
    for (const name of names) {
      path64 += `\\${name}`;
      const child: KeyNode = node.children.get(fold(name)) ?? newNode(name, isVolatile || this.#isVolatile(path64));
      node.children.set(fold(name), child);
      node = child;
    }
    return node;
  }
}

const sorted = <T>(map: ReadonlyMap<string, T>): [string, T][] =>
  [...map].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
