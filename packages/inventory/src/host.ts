import type { Dict } from '@ratchet/core';

/** A host as the sources name it. */
export interface Host {
  readonly name: string;
  /** Its variables in the sources themselves; `Inventory.varsOf` merges all layers. */
  readonly vars: Dict;
  /** Names of the groups that list it directly. */
  readonly groups: readonly string[];
  /** The source that first named it (a path, or the host list as given); absent for the implicit localhost. */
  readonly source?: string;
}

/** A group as the sources name it. `all` and `ungrouped` are always there. */
export interface Group {
  readonly name: string;
  readonly vars: Dict;
  /** Hosts that it lists directly. */
  readonly hosts: readonly string[];
  readonly children: readonly string[];
  readonly parents: readonly string[];
  /** Longest way down from `all`, which has 0. */
  readonly depth: number;
  /** `ansible_group_priority`, default 1. */
  readonly priority: number;
}
