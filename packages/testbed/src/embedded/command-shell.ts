import { builtins } from './builtins.js';
import { toOem } from './code-page.js';
import { type Command, type Condition, expand, parseCommand, type Redirection, SyntaxFault } from './command-line.js';
import { FileError, windowsPath } from './file-system.js';
import { filledIn } from './for-loop.js';
import type { Machine } from './machine.js';
import { type CommandResult, NotUnderstood } from './reg-command.js';

/** Where a shell's output goes. */
export interface ShellOutput {
  out(bytes: Uint8Array): void;
  err(bytes: Uint8Array): void;
}

type Sink = 'out' | 'err' | 'nul' | { readonly file: string };

const EOL = '\r\n';

/** One cmd.exe: its folder, variables and error level, over a machine. */
export class CommandShell {
  readonly machine: Machine;
  folder: string;
  errorLevel = 0;
  /** Set once `exit` was met. */
  exitCode: number | null = null;
  /** Whether anything that was run changed the machine. */
  wrote = false;
  readonly #output: ShellOutput;
  readonly #variables: Map<string, string>;

  constructor(machine: Machine, output: ShellOutput) {
    this.machine = machine;
    this.#output = output;
    this.folder = machine.home;
    this.#variables = new Map(environment(machine));
  }

  variable(name: string): string | undefined {
    const folded = name.toUpperCase();
    if (folded === 'ERRORLEVEL') return this.#variables.get(folded) ?? String(this.errorLevel);
    if (folded === 'CD') return this.#variables.get(folded) ?? this.folder;
    return this.#variables.get(folded);
  }

  setVariable(name: string, text: string): void {
    if (text === '') this.#variables.delete(name.toUpperCase());
    else this.#variables.set(name.toUpperCase(), text);
  }

  /** Reads and runs one line; `%NAME%` is replaced once, before anything of the line runs. */
  line(text: string): void {
    const expanded = expand(text, (name) => this.variable(name));
    if (expanded.trim() === '' || this.exitCode !== null) return;
    try {
      this.#run(parseCommand(expanded));
    } catch (error) {
      if (!(error instanceof SyntaxFault)) throw error;
      this.#refuse(`${expanded} (${error.message})`);
    }
  }

  /** Runs one program with no reading of the text by cmd.exe, as PowerShell starts it. */
  program(text: string): void {
    this.#simple(text, []);
  }

  #run(command: Command): void {
    if (this.exitCode !== null) return;
    if (command.kind === 'simple') this.#simple(command.text, command.redirections);
    else if (command.kind === 'if') {
      const then = this.#holds(command.condition) !== command.not ? command.inner : command.otherwise;
      if (then) this.#run(then);
    } else if (command.kind === 'for') {
      this.#run(filledIn(command.body, command, this.machine.files.entry(windowsPath(command.path, this.folder))));
    } else {
      this.#run(command.left);
      const isFailed = this.errorLevel !== 0;
      if (command.operator === '&' || (command.operator === '&&') === !isFailed) this.#run(command.right);
    }
  }

  #holds(condition: Condition): boolean {
    switch (condition.test) {
      case 'errorlevel':
        return (this.errorLevel | 0) >= condition.atLeast;
      case 'exist':
        return this.#exists(windowsPath(condition.path, this.folder));
      case 'defined':
        return this.variable(condition.name) !== undefined;
      case 'equal':
        return condition.ignoreCase
          ? condition.left.toUpperCase() === condition.right.toUpperCase()
          : condition.left === condition.right;
    }
  }

  #exists(path: string): boolean {
    const { files } = this.machine;
    return /[*?]/.test(path) ? files.matching(path).length > 0 : files.entry(path) !== undefined;
  }

  #simple(text: string, redirections: readonly Redirection[]): void {
    let result: CommandResult & { readonly keepsLevel?: boolean };
    try {
      const sinks = this.#sinks(redirections);
      result = this.#call(text);
      this.#deliver(sinks[0], result.stdout);
      this.#deliver(sinks[1], result.stderr);
    } catch (error) {
      if (error instanceof FileError) {
        this.#output.err(toOem(`The file operation failed: ${error.message}${EOL}`));
        this.errorLevel = 1;
        return;
      }
      if (!(error instanceof NotUnderstood)) throw error;
      this.#refuse(error.message);
      return;
    }
    if (!result.keepsLevel) this.errorLevel = result.code | 0;
  }

  #call(text: string): CommandResult & { readonly keepsLevel?: boolean } {
    if (text.trim() === '') return { code: 0, stdout: '', stderr: '', keepsLevel: true };
    const quoted = /^"([^"]*)"/.exec(text);
    const word = quoted?.[1] ?? /^(echo(?=[.:])|[^\s/,;=]+)/i.exec(text)?.[0] ?? text;
    const rest = text.slice(quoted ? quoted[0].length : word.length);
    const name = word
      .toLowerCase()
      .replace(/^.*\\/, '')
      .replace(/\.exe$/, '');
    const builtin = builtins.get(name);
    if (!builtin) throw new NotUnderstood(text);
    return builtin(rest, this);
  }

  #refuse(text: string): void {
    this.machine.log.push({ op: 'exec', text: `refused: ${text}`, writes: false });
    this.#output.err(toOem(`This test host does not understand the command: ${text}${EOL}`));
    this.errorLevel = 1;
  }

  #sinks(redirections: readonly Redirection[]): readonly [Sink, Sink] {
    const sinks: [Sink, Sink] = ['out', 'err'];
    for (const { stream, to, append } of redirections) {
      if (stream === 0) {
        if (typeof to !== 'string' || to.toLowerCase() !== 'nul') throw new NotUnderstood('< of anything but nul');
        continue;
      }
      sinks[stream - 1] = typeof to === 'string' ? this.#fileSink(to, append) : (sinks[to.stream - 1] ?? 'out');
    }
    return sinks;
  }

  #fileSink(to: string, append: boolean): Sink {
    if (to.toLowerCase() === 'nul') return 'nul';
    const file = windowsPath(to, this.folder);
    this.wrote = true;
    if (!append || !this.machine.files.entry(file)) this.machine.files.write(file, new Uint8Array());
    return { file };
  }

  #deliver(sink: Sink, text: string): void {
    if (text === '' || sink === 'nul') return;
    if (sink === 'out') this.#output.out(toOem(text));
    else if (sink === 'err') this.#output.err(toOem(text));
    else this.machine.files.write(sink.file, Buffer.concat([this.machine.files.read(sink.file), toOem(text)]));
  }
}

const environment = ({ name, user, home, registry }: Machine): [string, string][] => {
  const key = 'HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Environment';
  const found = registry.value(key, 'PROCESSOR_ARCHITECTURE')?.data;
  return [
    ['OS', 'Windows_NT'],
    ['SYSTEMDRIVE', 'C:'],
    ['SYSTEMROOT', 'C:\\Windows'],
    ['WINDIR', 'C:\\Windows'],
    ['COMSPEC', 'C:\\Windows\\system32\\cmd.exe'],
    ['PROGRAMDATA', 'C:\\ProgramData'],
    ['COMPUTERNAME', name.toUpperCase()],
    ['USERNAME', user],
    ['USERPROFILE', home],
    ['TEMP', `${home}\\AppData\\Local\\Temp`],
    ['TMP', `${home}\\AppData\\Local\\Temp`],
    ['PROCESSOR_ARCHITECTURE', found && 'text' in found ? found.text : 'AMD64'],
  ];
};
