import { randomBytes } from 'node:crypto';
import {
  type CommandOutput,
  type Connection,
  type ExecOptions,
  type ExecResult,
  type Place,
  RatchetError,
} from '@ratchet/core';
import { cleanStderr, stripTerminalCodes } from './clean-output.js';
import { decodeOutput, isUtf8 } from './code-page.js';
import { settingLine, withoutInput } from './command-line.js';
import { LONGEST, oneLine, typedLine } from './one-line.js';
import { cutAtMarks, type Marked, SCRIPT_COMMAND } from './read-script.js';

/** Milliseconds that a script which only reads or imports may take. */
const SCRIPT_MS = 120_000;

/** How long a command of the user's may take: an installer takes its time, and what never ends must not hold a run for ever. Four hours. */
export const COMMAND_MS = 4 * 3_600_000;

/** What a script ends with when the folder of a command cannot be entered; below 256, so that every sshd carries it. */
const NO_FOLDER = 237;

/** What a script gave: its output as bytes, and cut at the marks that it printed. */
export interface ScriptResult extends ExecResult {
  readonly marks: readonly Marked[];
}

/** Lines that go along with the next script, so that they cost no command of their own. */
export interface Rider {
  readonly lines: readonly string[];
  /** What they, and those of earlier riders, printed. */
  read(output: string): void;
}

/** Runs scripts in a host's cmd.exe, whatever the login shell is, and commands within such scripts. */
export class ScriptSession {
  readonly connection: Connection;
  /** Stands before everything that our scripts print for us; no output of a host has it by chance. */
  readonly token = `RATCHET-${randomBytes(6).toString('hex')}`;
  /** Whether the login shell runs lines of cmd.exe as they stand; undefined before one was sent. */
  takesLines: boolean | undefined;
  #files = 0;
  #riders: Rider[] = [];
  #codePage: Promise<number> | undefined;

  constructor(connection: Connection) {
    this.connection = connection;
  }

  get place(): Place {
    return { at: 'host', host: this.connection.host };
  }

  /** A name for a temporary file in the profile folder, where commands and SFTP both start. */
  fileName(suffix: string): string {
    this.#files += 1;
    return `${this.token.toLowerCase()}-${this.#files}.${suffix}`;
  }

  /** The line that prints a mark with the code of the line before it. */
  mark(number: number, level = 0): string {
    return `echo ${this.token} ${number} ${level} %errorlevel%`;
  }

  /** Has lines go along with the next script; with the one after it where that is cut off before they have run. */
  ride(rider: Rider): void {
    this.#riders.push(rider);
  }

  /** Whether lines wait for a script to go along with. */
  get hasRiders(): boolean {
    return this.#riders.length > 0;
  }

  /** Runs lines of cmd.exe as one command. */
  script(lines: readonly string[], options: ExecOptions = {}): Promise<ScriptResult> {
    return this.#sent(lines, (all) =>
      this.connection.exec(SCRIPT_COMMAND, {
        timeoutMs: SCRIPT_MS,
        ...options,
        stdin: [...all, 'exit 0', ''].join('\r\n'),
      }),
    );
  }

  /**
   * The same as one command line for the login shell. Undefined, with nothing run, where it cannot be sent in this way or the shell is
   * no cmd.exe; `takesLines` then says so.
   */
  async line(lines: readonly string[]): Promise<ScriptResult | undefined> {
    const line = this.takesLines === false ? undefined : oneLine(this.#withRiders(lines));
    if (line === undefined) return undefined;
    let begun = false;
    const result = await this.#sent(lines, async () => {
      const told = await this.connection.exec(line, { timeoutMs: SCRIPT_MS });
      begun = Buffer.from(told.stdout).includes(`${this.token} begin`);
      return told;
    });
    this.takesLines = begun;
    return begun ? result : undefined;
  }

  /**
   * Runs lines that mean the same typed as in a script (`%I` of a `for`, say) as one command line for the login shell: one process less
   * on the host than a script. Undefined, with nothing run, where they are too long or the shell is no cmd.exe; `takesLines` then says so.
   */
  async typed(lines: readonly string[]): Promise<ScriptResult | undefined> {
    const line = typedLine([`echo ${this.token} begin <nul`, ...lines]);
    if (this.takesLines === false || line.length > LONGEST) return undefined;
    const told = await this.connection.exec(line, { timeoutMs: SCRIPT_MS });
    const output = Buffer.from(told.stdout).toString('latin1');
    this.takesLines = output.includes(`${this.token} begin`);
    return this.takesLines ? { ...told, marks: cutAtMarks(output, this.token) } : undefined;
  }

  /**
   * Runs lines with letters beyond ASCII: on the command line, which sshd takes as UTF-8; what comes on standard input cmd.exe reads in
   * the host's code page. Errors: `not-supported` where the login shell is no cmd.exe.
   */
  async wide(lines: readonly string[]): Promise<ScriptResult> {
    const told = await this.typed(lines);
    if (told) return told;
    throw new RatchetError('not-supported', `${this.connection.host} takes no path with letters beyond ASCII.`, {
      hint: 'Its login shell is not cmd.exe; use a path of plain letters, or win_powershell.',
      place: this.place,
    });
  }

  #withRiders(lines: readonly string[]): readonly string[] {
    return [...this.#riders.flatMap((rider) => rider.lines), `echo ${this.token} begin`, ...lines];
  }

  async #sent(lines: readonly string[], send: (all: readonly string[]) => Promise<ExecResult>): Promise<ScriptResult> {
    const all = this.#withRiders(lines);
    const riders = this.#riders.splice(0);
    let output = '';
    try {
      const result = await send(all);
      output = Buffer.from(result.stdout).toString('latin1');
      return { ...result, marks: cutAtMarks(output, this.token) };
    } finally {
      this.#settleRiders(riders, output);
    }
  }

  #settleRiders(riders: readonly Rider[], output: string): void {
    const begin = output.indexOf(`${this.token} begin`);
    if (begin < 0) this.#riders.unshift(...riders);
    else for (const rider of riders) rider.read(output.slice(0, begin));
  }

  /**
   * Runs a command as it was typed. Its code is printed after a mark, since a Linux sshd and the ssh program carry only
   * eight bits of it. A command that ends its shell (`exit 3`) prints no mark; its code is then the shell's own.
   */
  async run(command: string, options: ExecOptions & { readonly chdir?: string } = {}): Promise<CommandOutput> {
    const { chdir, env = {}, ...given } = options;
    const rest = { timeoutMs: COMMAND_MS, ...given };
    const settings = Object.entries(env).map(([name, value]) => settingLine(name, value));
    if (rest.stdin !== undefined || /[\r\n]/.test(command))
      return this.#direct(
        [...settings, ...(chdir === undefined ? [] : [`cd /d "${chdir}"`]), command].join(' && '),
        rest,
      );
    const folder = chdir === undefined ? [] : [`cd /d "${chdir}"`, `if errorlevel 1 exit ${NO_FOLDER}`];
    const result = await this.script([...settings, ...folder, withoutInput(command), this.mark(0)], rest);
    if (chdir !== undefined && result.marks.length === 0 && result.code === NO_FOLDER)
      throw new RatchetError('command-failed', `The folder ${chdir} cannot be entered.`, {
        place: this.place,
        details: { folder: chdir },
      });
    return {
      rc: result.marks.at(-1)?.code ?? result.code ?? -1,
      stdout: await this.decode(this.#between(result.stdout)),
      stderr: cleanStderr(await this.decode(result.stderr)),
    };
  }

  async #direct(command: string, options: ExecOptions): Promise<CommandOutput> {
    const result = await this.connection.exec(command, options);
    return {
      rc: result.code ?? -1,
      stdout: await this.decode(result.stdout),
      stderr: cleanStderr(await this.decode(result.stderr)),
    };
  }

  #between(stdout: Uint8Array): Uint8Array {
    const bytes = Buffer.from(stdout);
    const begin = bytes.indexOf(`${this.token} begin`);
    const from = begin < 0 ? 0 : bytes.indexOf('\n', begin) + 1;
    const end = bytes.lastIndexOf(`${this.token} 0 0 `);
    return bytes.subarray(from, end < from ? bytes.length : end);
  }

  /** Output as text, without terminal codes. The code page is asked for once, and only when some output is not UTF-8. */
  async decode(bytes: Uint8Array): Promise<string> {
    if (isUtf8(bytes)) return stripTerminalCodes(decodeOutput(bytes));
    this.#codePage ??= this.#askCodePage();
    return stripTerminalCodes(decodeOutput(bytes, await this.#codePage));
  }

  async #askCodePage(): Promise<number> {
    const { marks } = await this.script(['chcp <nul', this.mark(0)]);
    return Number(/(\d{3,5})\D*$/.exec(marks[0]?.text ?? '')?.[1] ?? 437);
  }
}
