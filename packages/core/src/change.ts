import type { BootMarker } from './host.js';
import type { RegistryData, RegistryWrite } from './registry.js';
import { showData } from './registry.js';

/**
 * A registry value before and after; null is absent. `restart`: in force only after a restart. `creates`: the keys on its way
 * that did not exist, the topmost first.
 */
export interface RegistryValueChange {
  readonly kind: 'registry-value';
  readonly path: string;
  readonly name: string;
  readonly before: RegistryData | null;
  readonly after: RegistryData | null;
  readonly creates?: readonly string[];
  /** Set when the data may not be written down: `before` and `after` are null then and say nothing. */
  readonly withheld?: WithheldData;
  /** Its data came from a step that withheld it (`no_log`): it is to be withheld wherever the change is told. */
  readonly secret?: true;
  readonly restart: boolean;
}

/** Salted hashes of data that a journal may not hold (`hashOfData`); null is absent. The data itself is in the run's `.reg` backup. */
export interface WithheldData {
  readonly before: string | null;
  readonly after: string | null;
}

/**
 * A key made, or deleted with all below it (`deleted`: every value it held, for backup and rollback). `creates`: the keys on its
 * way that did not exist, itself last.
 */
export interface RegistryKeyChange {
  readonly kind: 'registry-key';
  readonly path: string;
  readonly before: 'absent' | 'present';
  readonly after: 'absent' | 'present';
  readonly deleted?: readonly RegistryWrite[];
  /** Data in it came from a step that withheld it. */
  readonly secret?: true;
  readonly creates?: readonly string[];
  readonly restart: boolean;
}

/** What tells the boot that a restart leaves from any other; on disk before the restart is asked for, so that it is never asked for twice. */
export interface BootEvidence {
  readonly marker: BootMarker;
  /** The output of the task's own `boot_time_command`; null without one. */
  readonly text: string | null;
}

/** A restart, away from the boot that `evidence` tells. */
export interface RebootChange {
  readonly kind: 'reboot';
  readonly reason: string;
  readonly evidence?: BootEvidence;
  /** An interrupted run may have asked for it already: look before asking. */
  readonly continued?: true;
  readonly restart: false;
}

/** An update that is wanted and missing (`kb_check` reports; nothing installs it yet). */
export interface UpdateChange {
  readonly kind: 'update';
  readonly kb: string;
  readonly before: string;
  readonly after: 'installed';
  readonly restart: boolean;
}

export interface ServiceChange {
  readonly kind: 'service';
  readonly service: string;
  readonly property: string;
  readonly before: string;
  readonly after: string;
  readonly restart: boolean;
}

export interface CommandChange {
  readonly kind: 'command';
  readonly command: string;
  readonly restart: boolean;
}

/** One typed before/after pair on a host. */
export type Change =
  | RegistryValueChange
  | RegistryKeyChange
  | RebootChange
  | UpdateChange
  | ServiceChange
  | CommandChange;

/** A value that is called `(Default)` is not the unnamed one, which Windows' programs show so. */
const valueName = (name: string): string =>
  name === '' ? '(Default)' : name.toLowerCase() === '(default)' ? `"${name}"` : name;

/** The change as one line: `HKEY_…\Client DisabledByDefault: absent → dword 1 (0x1)`. */
export const showChange = (change: Change): string => {
  switch (change.kind) {
    case 'registry-value':
      if (change.withheld) return `${change.path} ${valueName(change.name)}: (withheld) → (withheld)`;
      return `${change.path} ${valueName(change.name)}: ${showData(change.before)} → ${showData(change.after)}`;
    case 'registry-key':
      return `${change.path}: ${change.before} → ${change.after}`;
    case 'reboot':
      return `restart: ${change.reason}`;
    case 'update':
      return `${change.kb}: ${change.before} → ${change.after}`;
    case 'service':
      return `service ${change.service} ${change.property}: ${change.before} → ${change.after}`;
    case 'command':
      return `command: ${change.command}`;
  }
};

/** Whether any of the changes is in force only after a restart. */
export const asksForRestart = (changes: readonly Change[]): boolean => changes.some((change) => change.restart);

/** The registry writes that make these changes. */
export const writesOf = (changes: readonly Change[]): readonly RegistryWrite[] =>
  changes.flatMap((change): RegistryWrite[] => {
    if (change.kind === 'registry-value') {
      const { path, name, after } = change;
      return [after === null ? { op: 'delete-value', path, name } : { op: 'set', path, name, data: after }];
    }
    if (change.kind === 'registry-key')
      return [{ op: change.after === 'absent' ? 'delete-key' : 'create-key', path: change.path }];
    return [];
  });
