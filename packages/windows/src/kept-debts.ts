import type { Debt } from '@ratchet/core';

/**
 * What is owed is kept in two files in turn, each with a number: whatever happens while one is written, the other still holds the
 * list before.
 */
export interface KeptDebts {
  readonly number: number;
  readonly debts: readonly Debt[];
}

/** The two files, in the folder that the host keeps things in. */
export const DEBT_FILES = ['owed-0.json', 'owed-1.json'] as const;

/** The file that a list of this number stands in. */
export const debtFile = (number: number): string => DEBT_FILES[number % 2] as string;

// cmd.exe prints the file in the console's code page, which may lack any letter but these.
const ascii = (text: string): string =>
  text.replace(/[^\x20-\x7e]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** The bytes of one file: one line of ASCII. */
export const debtBytes = (kept: KeptDebts): Uint8Array => Buffer.from(`${ascii(JSON.stringify(kept))}\r\n`, 'latin1');

const isDebt = (value: unknown): value is Debt => {
  const { kind, reason } = (value ?? {}) as { readonly kind?: unknown; readonly reason?: unknown };
  return (kind === 'restart' || kind === 'handler') && typeof reason === 'string';
};

const keptIn = (line: string): KeptDebts | null => {
  try {
    const { number, debts } = JSON.parse(line) as { readonly number?: unknown; readonly debts?: unknown };
    return typeof number === 'number' && Array.isArray(debts) && debts.every(isDebt) ? { number, debts } : null;
  } catch {
    // A line that was being written when the power went: the other file holds the list before.
    return null;
  }
};

/** The newest list in the text of both files; null without any, 'damaged' when there is text and no list in it. */
export const newestDebts = (text: string): KeptDebts | null | 'damaged' => {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  const [newest] = lines.flatMap((line) => keptIn(line) ?? []).sort((a, b) => b.number - a.number);
  return newest ?? (lines.length > 0 ? 'damaged' : null);
};
