import type { StampedEvent } from '@ratchet/core';

/** Where a renderer writes: a process stream, or anything that takes text. */
export interface Output {
  write(text: string): unknown;
}

/** What every renderer is built with; a renderer looks at nothing else (no environment, no process). */
export interface RendererOptions {
  /** Standard output: what was asked for. */
  readonly stream: Output;
  /** Standard error: warnings, and failures where `stream` carries JSON. */
  readonly errorStream: Output;
  /** Columns that a banner fills with stars; 80 where there is no terminal. */
  readonly width: number;
  readonly colour: boolean;
  /** Show each change (`--diff`). */
  readonly diff: boolean;
  /** Lines around a change; default 3. */
  readonly diffContext?: number;
  /** Shows at the end what `set_stats` gathered. */
  readonly customStats?: boolean;
  /** Number of `-v`: from 1 on results are shown. */
  readonly verbosity: number;
}

/** A view over the events of one run. It never decides anything and never fails a run. */
export interface Renderer {
  handle(event: StampedEvent): void;
  /** Writes what is still held back; resolves when all is written. */
  finish(): Promise<void>;
}
