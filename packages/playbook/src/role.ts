import type { Dict, Position } from '@ratchet/core';

/** The role that a task comes from, as this play uses it. */
export interface RoleContext {
  readonly name: string;
  /** The role's folder. */
  readonly path: string;
  /** Defaults of its dependencies, then its own: the lowest variables of all. */
  readonly defaults: Dict;
  /** Role variables as its tasks see them: dependencies' `vars/`, its own `vars/`, then what the role's use gives it. */
  readonly vars: Dict;
  /** Inline parameters (`{role: x, port: 80}`) of the role and of the roles that depend on it: they rank above `set_fact`. */
  readonly params: Dict;
  /** Folders of the roles that this one was included in or pulled in by, outermost first. */
  readonly parentPaths: readonly string[];
  /** The roles in which include_role or import_role stood, outermost first; those that a dependency belongs to do not count. */
  readonly includedIn: readonly { readonly name: string; readonly path: string }[];
  /** Says which use of a role this is, where the same use runs once in a play: of `roles:` and dependencies without `allow_duplicates`. */
  readonly once?: string;
  /** Where the play or meta file names it. */
  readonly position: Position;
}

/** A role as the whole play sees it. */
export interface PlayRole {
  readonly role: RoleContext;
  /** What every task of the play sees of its variables: its `vars/` and the `vars` of its use, below them those of its dependencies. */
  readonly vars: Dict;
  /** All that it depends on, directly or not. */
  readonly dependencies: readonly RoleContext[];
}
