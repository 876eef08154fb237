import { RatchetError } from '@ratchet/core';

/** The parts of standard input that a prompt needs. */
export interface PromptInput {
  readonly isTTY?: boolean;
  readonly readableEnded?: boolean;
  setRawMode?(on: boolean): unknown;
  on(event: 'data', listener: (chunk: Buffer) => void): unknown;
  on(event: 'end', listener: () => void): unknown;
  off(event: 'data', listener: (chunk: Buffer) => void): unknown;
  off(event: 'end', listener: () => void): unknown;
  resume(): unknown;
  pause(): unknown;
}

const CTRL_C = '\u0003';
const CTRL_D = '\u0004';

type Typed = { readonly done: boolean; readonly text: string };

/** What a line is after more keys: Enter or Ctrl-D ends it, Backspace takes a character back. Throws `interrupted`. */
export const typedLine = (before: string, keys: string): Typed => {
  let line = before;
  for (const key of keys) {
    if (key === '\r' || key === '\n' || key === CTRL_D) return { done: true, text: line };
    if (key === CTRL_C) throw new RatchetError('interrupted', 'Interrupted at the password prompt.');
    line = key === '\u007f' || key === '\b' ? [...line].slice(0, -1).join('') : line + key;
  }
  return { done: false, text: line };
};

/** Asks on standard error and reads a line, without echo unless told (a password); from a pipe it is the first line. */
export const askPassword = async (
  question: string,
  input: PromptInput,
  prompt: { write(text: string): unknown },
  echo = false,
): Promise<string> => {
  prompt.write(question);
  if (input.readableEnded) return '';
  input.setRawMode?.(true);
  const decoder = new TextDecoder();
  let line = '';
  try {
    return await new Promise<string>((resolve, reject) => {
      const leave = (): void => {
        input.off('data', take);
        input.off('end', end);
      };
      const end = (): void => {
        leave();
        resolve(line);
      };
      const take = (chunk: Buffer): void => {
        try {
          const keys = decoder.decode(chunk, { stream: true });
          if (echo) prompt.write(keys.replace(/[^\x20-\x7e\u00a0-\uffff]/g, ''));
          const typed = typedLine(line, keys);
          line = typed.text;
          if (typed.done) end();
        } catch (error) {
          leave();
          reject(error);
        }
      };
      input.on('data', take);
      input.on('end', end);
      input.resume();
    });
  } finally {
    input.setRawMode?.(false);
    input.pause();
    prompt.write('\n');
  }
};
