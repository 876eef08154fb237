import { type CommandOutput, type PowerShellOptions, RatchetError } from '@ratchet/core';
import { cleanStderr } from './clean-output.js';
import { failedSilently, ownProcess, probe } from './powershell-process.js';
import { type Warm, warmPowerShell } from './powershell-warm.js';
import type { ScriptSession } from './script-session.js';

/** The folder of a task cannot be entered. */
const noFolder = (session: ScriptSession, folder: string): RatchetError =>
  new RatchetError('command-failed', `The folder ${folder} cannot be entered.`, {
    place: session.place,
    details: { folder },
  });

/**
 * A host's PowerShell. The first task starts one process that the later ones share, each in a runspace of its own; where that
 * process does not start (PowerShell 2, a policy), each task gets a process. Tasks run one after the other.
 */
export class PowerShellSession {
  readonly #session: ScriptSession;
  #warm: Promise<Warm | null> | undefined;
  #last: Promise<unknown> = Promise.resolve();
  /** Programs that have been seen to start; undefined is the host's own PowerShell. */
  readonly #started = new Set<string | undefined>();

  constructor(session: ScriptSession) {
    this.#session = session;
  }

  /**
   * Runs a script. Errors: `not-supported` where no PowerShell starts, `timeout` when it does not end in time (its process is
   * ended, and the next task gets a new one), `host-output` when it writes too much, and the connection's own.
   */
  run(script: string, options: PowerShellOptions = {}): Promise<CommandOutput> {
    const turn = this.#last.then(() => this.#run(script, options));
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  /** Ends the warm process; the next task starts a new one. Never throws. */
  async close(): Promise<void> {
    const warm = await this.#warm?.catch(() => null);
    this.#warm = undefined;
    await warm?.end();
  }

  async #run(script: string, options: PowerShellOptions): Promise<CommandOutput> {
    if (options.ownProcess === true || options.stdin !== undefined || options.executable !== undefined)
      return this.#own(script, options);
    const warm = await this.#current(options.signal);
    if (warm === null || (options.profile === true && warm.hasProfile)) return this.#own(script, options);
    try {
      const end = await warm.task(script, options);
      if (end.code === 'no-folder') throw noFolder(this.#session, options.chdir ?? '');
      return {
        rc: end.code,
        stdout: await this.#session.decode(end.stdout),
        stderr: cleanStderr(await this.#session.decode(end.stderr)),
      };
    } finally {
      if (warm.ended) this.#warm = undefined;
    }
  }

  /** In a process of its own. What failed without a word is looked at once: a program that is not there is no failed script. */
  async #own(script: string, options: PowerShellOptions): Promise<CommandOutput> {
    const { executable } = options;
    const output = await ownProcess(this.#session, script, options);
    if (failedSilently(output) && !this.#started.has(executable)) await probe(this.#session, executable);
    this.#started.add(executable);
    return output;
  }

  /** The warm process, or null where each task gets its own. */
  async #current(signal: AbortSignal | undefined): Promise<Warm | null> {
    const known = await this.#warm;
    if (known === null || (known && !known.ended)) return known;
    this.#warm = this.#start(signal);
    try {
      return await this.#warm;
    } catch (error) {
      this.#warm = undefined;
      throw error;
    }
  }

  async #start(signal: AbortSignal | undefined): Promise<Warm | null> {
    const warm = await warmPowerShell(this.#session, signal);
    if (warm === null) await probe(this.#session);
    return warm;
  }
}
