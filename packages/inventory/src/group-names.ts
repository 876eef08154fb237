/** What is done about a group whose name cannot be that of a variable: `force_valid_group_names`. */
export type GroupNames = 'never' | 'always' | 'ignore' | 'silently';

/** The name with `_` in the place of what no variable's name has. */
const valid = (name: string): string => name.replace(/^\d|[^A-Za-z0-9_]/g, '_');

/** Names of groups as a setting wants them, and what a person should hear of it. */
export class GroupNaming {
  readonly #how: GroupNames;
  readonly #odd = new Set<string>();

  constructor(how: GroupNames = 'ignore') {
    this.#how = how;
  }

  /** The name under which a group is kept. */
  of(written: string): string {
    const name = valid(written);
    if (name === written) return written;
    this.#odd.add(written);
    return this.#how === 'always' || this.#how === 'silently' ? name : written;
  }

  warnings(): readonly string[] {
    if (this.#odd.size === 0 || this.#how === 'ignore' || this.#how === 'silently') return [];
    const done = this.#how === 'always' ? 'and automatically replaced by "_"' : 'but not replaced';
    return [`Invalid characters were found in group names ${done}: ${[...this.#odd].join(', ')}`];
  }
}
