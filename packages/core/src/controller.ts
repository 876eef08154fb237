import type { HostFiles } from './files.js';

/** How a template file is read; Ansible's own defaults where nothing is said. */
export interface RenderOptions {
  /** The first line break after a block goes; default true. */
  readonly trimBlocks?: boolean;
  /** Blanks before a block that stands first on its line go; default false. */
  readonly lstripBlocks?: boolean;
  readonly variableStart?: string;
  readonly variableEnd?: string;
  readonly blockStart?: string;
  readonly blockEnd?: string;
  readonly commentStart?: string;
  readonly commentEnd?: string;
  /** More variables for this text, above the task's own. */
  readonly variables?: Readonly<Record<string, unknown>>;
}

/** The machine that Ratchet runs on, as a module may use it. */
export interface Controller {
  readonly files: HostFiles;
  /** A text as a template file in the task's variables. `path` is named in errors, which have their line. */
  render(text: string, path: string, options: RenderOptions): string;
  /** A line that a person types, or undefined when nobody can be asked. */
  ask?(question: string, echo: boolean): Promise<string>;
}
