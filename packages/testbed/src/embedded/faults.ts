import type { MemoryRegistry } from './memory-registry.js';

/**
 * What goes wrong on an embedded host. Each is asked at the moment it matters, and the object may be changed while the
 * host runs.
 */
export interface EmbeddedFaults {
  /** The connection is closed as soon as it is made. */
  refuseConnections?: (() => boolean) | undefined;
  /** The connection is accepted and nothing is ever said on it. */
  hangAfterAccept?: (() => boolean) | undefined;
  /** Every key and password is wrong. */
  refuseLogin?: (() => boolean) | undefined;
  /** The link is cut before this command is run, or after it was run and before its exit status is sent. `index` counts from 0. */
  cut?: ((exec: { readonly index: number; readonly command: string }) => 'before' | 'after' | undefined) | undefined;
  /** The link is cut when a command has run, before its exit status is sent. `script` is what it ran, its standard input with it. */
  cutAfter?: ((script: string) => boolean) | undefined;
  /** Another tool: called after each registry change made by `reg`. */
  afterChange?: ((registry: MemoryRegistry) => void) | undefined;
  /** The exit code of `shutdown` (1115, 1190, 5, …); undefined lets it happen. */
  shutdown?: ((text: string) => number | undefined) | undefined;
  refuseSftp?: (() => boolean) | undefined;
  /** Keys (canonical path of the 64-bit view) that the user may not read or write. */
  denied?: ((path: string, access: 'read' | 'write') => boolean) | undefined;
  /** The session's token is a filtered one, by what `whoami /groups` says; what it may not write, `denied` says. */
  notElevated?: (() => boolean) | undefined;
}
