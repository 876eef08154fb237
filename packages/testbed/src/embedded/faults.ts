import type { MemoryRegistry } from './memory-registry.js';

/** Where a command meets its fault. */
export type Cut = 'before' | 'during' | 'after' | 'hang';

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
  /**
   * The link is cut before this command is run, when half of it was run, or after it was run and before its exit status is sent; or half of
   * it is run, and nothing is heard of it any more (`hang`). `index` counts from 0.
   */
  cut?: ((exec: { readonly index: number; readonly command: string }) => Cut | undefined) | undefined;
  /** The link is cut before this SFTP request is answered: it was not done, or it was. `index` counts from 0 over all sessions. */
  cutFiles?: ((index: number) => 'before' | 'after' | undefined) | undefined;
  /** The link is cut when a command has run, before its exit status is sent. `script` is what it ran, its standard input with it. */
  cutAfter?: ((script: string) => boolean) | undefined;
  /** Another tool: called after each registry change made by `reg`. */
  afterChange?: ((registry: MemoryRegistry) => void) | undefined;
  /** The exit code of `shutdown` (1115, 1190, 5, …); undefined lets it happen. */
  shutdown?: ((text: string) => number | undefined) | undefined;
  refuseSftp?: (() => boolean) | undefined;
  /** No bytes can be written to files any more; they can be made, and removed. */
  diskFull?: (() => boolean) | undefined;
  /** Programs cannot open this file (canonical path). */
  unreadable?: ((path: string) => boolean) | undefined;
  /** Keys (canonical path of the 64-bit view) that the user may not read or write. */
  denied?: ((path: string, access: 'read' | 'write') => boolean) | undefined;
  /** The session's token is a filtered one, by what `whoami /groups` says; what it may not write, `denied` says. */
  notElevated?: (() => boolean) | undefined;
}
