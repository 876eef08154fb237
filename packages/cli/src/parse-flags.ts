import { RatchetError } from '@ratchet/core';
import { type Command, CommanderError } from 'commander';
import { writeOutFlags } from './abbreviations.js';
import { usageError } from './show-failure.js';

/** `--help` was asked for: the text to print. */
export interface HelpAsked {
  readonly help: string;
}

/** For flags that may be given several times. */
export const collect = (value: string, previous: readonly string[]): readonly string[] => [...previous, value];

/** For `-v`, `-vvv`. */
export const countUp = (_: unknown, count: number): number => count + 1;

/** For flags that take a whole number of at least `least`. */
export const wholeNumber =
  (flag: string, least = 1) =>
  (value: string): number => {
    const number = Number(value);
    if (!/^\d+$/.test(value) || number < least)
      throw usageError(`${flag} takes a whole number from ${least} on, not "${value}".`);
    return number;
  };

/** commander's message as ours: a sentence, its suggestion as the hint. */
const fromCommander = (message: string, command: string): RatchetError => {
  const [text = '', suggestion] = message.replace(/^error: /, '').split('\n');
  const sentence = `${text.charAt(0).toUpperCase()}${text.slice(1).replace(/[.]?$/, '.')}`;
  const hint = suggestion?.replace(/^\(|\)$/g, '');
  return hint ? new RatchetError('usage', sentence, { hint }) : usageError(sentence, command);
};

/** Flags and arguments of a declared command, flags shortened as argparse allows. Throws `usage` errors; `--help` gives its text. */
export const parseFlags = (
  declared: Command,
  args: readonly string[],
): HelpAsked | { readonly args: readonly string[]; readonly raw: Readonly<Record<string, unknown>> } => {
  let help = '';
  const command = declared
    .configureHelp({ optionDescription: ({ description }) => description })
    .exitOverride()
    .configureOutput({
      writeOut: (text) => {
        help += text;
      },
      writeErr: () => undefined,
    });
  const known = [...command.options.map(({ long }) => long ?? ''), '--help'];
  try {
    command.parse([...writeOutFlags(args, known)], { from: 'user' });
  } catch (thrown) {
    if (!(thrown instanceof CommanderError)) throw thrown;
    if (thrown.code === 'commander.helpDisplayed') return { help };
    throw fromCommander(thrown.message, declared.name().replace(/^ratchet /, ''));
  }
  return { args: command.args, raw: command.opts() };
};
