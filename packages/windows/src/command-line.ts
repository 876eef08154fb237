import { RatchetError } from '@ratchet/core';

/**
 * A command with no standard input where cmd.exe can be told so without changing what the text means; elsewhere a program
 * that reads its input takes the script's end, and the exit code is then cmd's own.
 */
export const withoutInput = (command: string): string =>
  /[&|<>()^]|^[\s@]*(?:if|for|rem)\b/i.test(command) ? command : `<nul ${command}`;

/** The line that sets a variable for the commands after it. Errors: `not-supported` for what cmd.exe would read into a value. */
export const settingLine = (name: string, value: string): string => {
  if (/["%\r\n]/.test(value) || /[="%\s]/.test(name))
    throw new RatchetError('not-supported', `The environment variable ${name} cannot be set through cmd.exe.`, {
      hint: 'Its value may hold no quotes, percent signs and line breaks.',
    });
  return `set "${name}=${value}"`;
};
