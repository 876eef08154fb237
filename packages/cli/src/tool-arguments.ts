import { type ParseArgsConfig, parseArgs } from 'node:util';
import { EXIT } from '@ratchet/core';

type Options = NonNullable<ParseArgsConfig['options']>;
type Values<O extends Options> = ReturnType<typeof parseArgs<{ options: O }>>['values'];

/** A program of the project's own besides `ratchet` (matrices, benchmark, fuzzer, …): how it is called, and what each option says. */
export interface Tool<O extends Options> {
  /** As it is typed, e.g. `npm run crash-matrix --`. */
  readonly call: string;
  readonly summary: string;
  readonly options: O;
  /** What each option does, with `NAME` or the like before the colon where it takes a value: `N: so many points`. */
  readonly says: Readonly<Record<keyof O & string, string>>;
}

/** What came of a command line: values, or a text to show and the exit code to end with. */
export type Read<O extends Options> = { readonly values: Values<O> } | { readonly text: string; readonly code: number };

const flagOf = (name: string, says: string, takesValue: boolean): readonly [string, string] => {
  if (!takesValue) return [`--${name}`, says];
  const [value = '', ...rest] = says.split(': ');
  return [`--${name} ${value}`, rest.join(': ')];
};

const flagsOf = <O extends Options>({ options, says }: Tool<O>): readonly (readonly [string, string])[] =>
  Object.entries(options).map(([name, { type }]) => flagOf(name, says[name] ?? '', type === 'string'));

const usageOf = <O extends Options>(tool: Tool<O>): string => {
  const rows = [...flagsOf(tool), ['--help', 'this text'] as const];
  const width = Math.max(...rows.map(([flag]) => flag.length));
  return `usage: ${tool.call} [options]\n${tool.summary}\n\n${rows.map(([flag, text]) => `  ${flag.padEnd(width)}  ${text}\n`).join('')}`;
};

/** Reads a command line. What is not an option of the tool is one line that names those there are. */
export const readTool = <O extends Options>(tool: Tool<O>, args: readonly string[]): Read<O> => {
  if (args.includes('--help')) return { text: usageOf(tool), code: EXIT.done };
  try {
    return { values: parseArgs({ options: tool.options, args: [...args] }).values };
  } catch (thrown) {
    const code = (thrown as NodeJS.ErrnoException).code ?? '';
    if (!code.startsWith('ERR_PARSE_ARGS_')) throw thrown;
    // Node's message may go on with advice about positional arguments, which no tool takes.
    const [what] = (thrown as Error).message.split('. ');
    const known = flagsOf(tool).map(([flag]) => flag);
    return { text: `ERROR! ${what}. It takes ${[...known, '--help'].join(', ')}.\n`, code: EXIT.options };
  }
};

/** One of the words that an option takes; another one is refused with these. */
export const oneOf = <Word extends string>(option: string, words: readonly Word[], given: string): Word => {
  const found = words.find((word) => word === given);
  if (found !== undefined) return found;
  return leave(`ERROR! ${option} takes ${words.join(' or ')}, not "${given}".\n`, EXIT.options);
};

/** A number that an option takes, from 1 on. */
export const countOf = (option: string, given: string): number => {
  const count = Number(given);
  if (Number.isInteger(count) && count > 0) return count;
  return leave(`ERROR! ${option} takes a number from 1 on, not "${given}".\n`, EXIT.options);
};

/** `K/N` that an option takes: the Kth of N parts. */
export const partOf = (option: string, given: string): { readonly part: number; readonly of: number } => {
  const [, part, of] = (/^(\d+)\/(\d+)$/.exec(given) ?? []).map(Number);
  if (part !== undefined && of !== undefined && part > 0 && part <= of) return { part, of };
  return leave(`ERROR! ${option} takes K/N, K from 1 to N, such as 2/5, not "${given}".\n`, EXIT.options);
};

const leave = (text: string, code: number): never => {
  (code === EXIT.done ? process.stdout : process.stderr).write(text);
  process.exit(code);
};

/** The values of this process's command line; ends the process after `--help` and after what is wrong. */
export const toolValues = <O extends Options>(tool: Tool<O>): Values<O> => {
  const read = readTool(tool, process.argv.slice(2));
  return 'values' in read ? read.values : leave(read.text, read.code);
};
