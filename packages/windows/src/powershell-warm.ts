import { setTimeout as delay } from 'node:timers/promises';
import { type CommandInput, type PowerShellOptions, RatchetError } from '@ratchet/core';
import { agentScript, BOOTSTRAP } from './powershell-agent.js';
import { encodedCommand } from './powershell-process.js';
import { COMMAND_MS, type ScriptSession } from './script-session.js';

/** Milliseconds that PowerShell may take to start; on a busy host it takes many seconds. */
const START_MS = 120_000;

/** Milliseconds that the process gets to end by itself. */
const END_MS = 3_000;

/** Output of one task, in bytes, when nothing else is said. */
const MOST_OUTPUT = 64 * 1024 * 1024;

/** Longest text that a mark can be cut into by the channel's packets, in bytes. */
const MARK_BYTES = 96;

const WARM_COMMAND = `powershell -NoProfile -NonInteractive -InputFormat None -OutputFormat Text -ExecutionPolicy Bypass -EncodedCommand ${encodedCommand(BOOTSTRAP)}`;

/** How a task in the warm process ended. */
export interface WarmEnd {
  readonly code: number | 'no-folder';
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
}

/** A PowerShell process that waits for tasks. */
export interface Warm {
  readonly ended: boolean;
  /** Whether the user or the machine has profile scripts. */
  readonly hasProfile: boolean;
  /** Only one at a time. */
  task(script: string, options: PowerShellOptions): Promise<WarmEnd>;
  end(): Promise<void>;
}

/** One stream's bytes up to the mark of a task. */
class MarkedStream {
  #chunks: Buffer[] = [];
  #mark = Buffer.alloc(0);
  size = 0;
  /** What stands behind the mark on its line, once it came. */
  said: string | undefined;

  expect(mark: string): void {
    this.#chunks = [];
    this.#mark = Buffer.from(mark, 'latin1');
    this.size = 0;
    this.said = undefined;
  }

  add(chunk: Uint8Array): void {
    this.#chunks.push(Buffer.from(chunk));
    this.size += chunk.length;
    if (this.said === undefined) this.#look(chunk.length);
  }

  /** Everything before the mark. */
  get bytes(): Buffer {
    const all = Buffer.concat(this.#chunks);
    const at = this.#mark.length === 0 ? -1 : all.lastIndexOf(this.#mark);
    return this.said === undefined || at < 0 ? all : all.subarray(0, at);
  }

  #look(fresh: number): void {
    const wanted = fresh + this.#mark.length + MARK_BYTES;
    let tail = Buffer.alloc(0);
    for (let index = this.#chunks.length - 1; index >= 0 && tail.length < wanted; index -= 1)
      tail = Buffer.concat([this.#chunks[index] as Buffer, tail]);
    const at = tail.indexOf(this.#mark);
    const end = at < 0 ? -1 : tail.indexOf('\n', at);
    if (end >= 0)
      this.said = tail
        .subarray(at + this.#mark.length, end)
        .toString('latin1')
        .trim();
  }
}

class WarmProcess implements Warm {
  readonly #session: ScriptSession;
  readonly #streams = { stdout: new MarkedStream(), stderr: new MarkedStream() };
  readonly #cutter = new AbortController();
  readonly #over: Promise<number | null>;
  #input: CommandInput | undefined;
  #tasks = 0;
  #wake: () => void = () => undefined;
  ended = false;
  hasProfile = false;

  constructor(session: ScriptSession) {
    this.#session = session;
    this.#expect();
    const finish = (): void => {
      this.ended = true;
      this.#wake();
    };
    const running = session.connection.exec(WARM_COMMAND, {
      signal: this.#cutter.signal,
      talk: (input) => {
        this.#input = input;
        input.write(`${Buffer.from(agentScript(session.token), 'utf8').toString('base64')}\n`);
      },
      onOutput: (stream, chunk) => {
        this.#streams[stream].add(chunk);
        this.#wake();
      },
    });
    this.#over = running.then(({ code }) => code);
    this.#over.then(finish, finish);
  }

  /** False when it ended before it was ready. Throws what the connection throws. */
  async ready(signal: AbortSignal | undefined): Promise<boolean> {
    await this.#until(() => this.#marked, START_MS, signal);
    if (!this.ended) {
      this.hasProfile = !/ 0$/.test(this.#streams.stdout.said ?? '');
      return this.#marked || (await this.#giveUp());
    }
    await this.#over;
    return false;
  }

  async task(script: string, options: PowerShellOptions): Promise<WarmEnd> {
    const { maxOutputBytes = MOST_OUTPUT, timeoutMs = COMMAND_MS, signal, chdir, env } = options;
    this.#tasks += 1;
    this.#expect();
    const words = [`${this.#tasks}`, script, chdir ?? '', ...Object.entries(env ?? {}).flat()];
    this.#input?.write(`${words.map((word) => Buffer.from(word, 'utf8').toString('base64')).join(' ')}\n`);
    const { stdout, stderr } = this.#streams;
    const tooMuch = (): boolean => stdout.size + stderr.size > maxOutputBytes;
    await this.#until(() => this.#marked || tooMuch(), timeoutMs, signal);
    if (!this.#marked && !this.ended) {
      await this.end();
      throw this.#cutError(tooMuch(), maxOutputBytes, timeoutMs, signal);
    }
    if (this.#marked) return { code: this.#code(), stdout: stdout.bytes, stderr: stderr.bytes };
    // The script ended the process itself, or the connection broke, which throws here.
    return { code: (await this.#over) ?? -1, stdout: stdout.bytes, stderr: stderr.bytes };
  }

  /** The end of its input ends the process, in the middle of a task too; a channel that stays open is cut. */
  async end(): Promise<void> {
    if (!this.ended) {
      this.#input?.end();
      const stop = new AbortController();
      const late = delay(END_MS, undefined, { signal: stop.signal }).catch(() => undefined);
      await Promise.race([this.#over.catch(() => undefined), late]);
      stop.abort();
      this.#cutter.abort();
    }
    await this.#over.catch(() => undefined);
  }

  get #marked(): boolean {
    return this.#streams.stdout.said !== undefined && this.#streams.stderr.said !== undefined;
  }

  #expect(): void {
    this.#streams.stdout.expect(`${this.#session.token} ${this.#tasks}`);
    this.#streams.stderr.expect(`${this.#session.token} ${this.#tasks}`);
  }

  #code(): number | 'no-folder' {
    const [word, code] = (this.#streams.stdout.said ?? '').split(' ');
    return word === 'folder' ? 'no-folder' : Number(code) >>> 0;
  }

  /** Waits until something holds, the process has ended, the time is over, or the run is interrupted. */
  async #until(holds: () => boolean, ms: number, signal: AbortSignal | undefined): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => done(), ms);
      const done = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', done);
        this.#wake = () => undefined;
        resolve();
      };
      this.#wake = () => {
        if (this.ended || holds()) done();
      };
      signal?.addEventListener('abort', done, { once: true });
      if (signal?.aborted) done();
      this.#wake();
    });
  }

  async #giveUp(): Promise<false> {
    await this.end();
    return false;
  }

  #cutError(tooMuch: boolean, limit: number, timeoutMs: number, signal: AbortSignal | undefined): RatchetError {
    const { place } = this.#session;
    if (tooMuch)
      return new RatchetError('host-output', `The script wrote more than ${limit} bytes and was ended.`, { place });
    if (signal?.aborted) return new RatchetError('interrupted', 'The script was ended before its time.', { place });
    return new RatchetError('timeout', `The script did not end within ${timeoutMs / 1000} s and was ended.`, {
      hint: 'Programs that it started may still run on the host.',
      place,
    });
  }
}

/** Starts PowerShell and waits until it takes tasks; null when it does not get that far. Throws what the connection throws. */
export const warmPowerShell = async (session: ScriptSession, signal: AbortSignal | undefined): Promise<Warm | null> => {
  const warm = new WarmProcess(session);
  return (await warm.ready(signal)) ? warm : null;
};
