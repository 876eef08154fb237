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
  /**
   * Connects to a TCP port (milliseconds at most): whether it is open and, with `enough`, what it sent until that was true of the
   * text. Never throws: what cannot be reached is not open.
   */
  knock(
    address: string,
    port: number,
    timeoutMs: number,
    enough?: (text: string) => boolean,
  ): Promise<{ readonly open: boolean; readonly text: string }>;
  /** A line that a person types, or undefined when nobody can be asked. */
  ask?(question: string, echo: boolean): Promise<string>;
}
