import type { Power } from './machine.js';

/** The one pending restart of a machine, counted in seconds of a given length. */
export class RestartTimer implements Power {
  readonly #secondMs: number;
  readonly #restart: () => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(secondMs: number, restart: () => void) {
    this.#secondMs = secondMs;
    this.#restart = restart;
  }

  schedule(seconds: number): boolean {
    if (this.#timer) return false;
    // Even at once the exit status still has to leave the host.
    this.#timer = setTimeout(this.#restart, Math.max(20, seconds * this.#secondMs));
    return true;
  }

  abort(): boolean {
    if (!this.#timer) return false;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    return true;
  }
}
