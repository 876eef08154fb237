import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { cleanStderr, stripTerminalCodes } from './clean-output.js';
import { decodeOutput } from './code-page.js';

const fixture = (name: string): Buffer => readFileSync(new URL(`../../../fixtures/cases/${name}`, import.meta.url));

describe('output', () => {
  test('C17: progress is dropped, errors become text, what is cut off stays', () => {
    expect(cleanStderr(fixture('C17/stderr-1-progress.txt').toString()).trim()).toBe('');
    const error = cleanStderr(fixture('C17/stderr-2-error.txt').toString());
    expect(error).not.toMatch(/CLIXML|_x000D_|<Objs/);
    expect(error).toBe('access to the key is denied\nat line 1\n');
    const cut = fixture('C17/stderr-3-cut.txt').toString();
    expect(cleanStderr(cut)).toBe(cut);
  });

  test('C18: a byte of an old code page inside CLIXML is no failure', () => {
    const text = cleanStderr(decodeOutput(fixture('C18/stderr.bin'), 437));
    expect(text.trim()).toBe('debug1: some client line');
  });

  test.each([
    [850, 'C20/stdout-cp850.bin', 'Le numéro de série du volume est CAFE-0001'],
    [866, 'C20/stdout-cp866.bin', 'Серийный номер тома: CAFE-0001'],
    [932, 'C20/stdout-cp932.bin', 'ボリューム シリアル番号は CAFE-0001 です'],
  ])('C20: code page %d', (page, name, whole) => {
    expect(decodeOutput(fixture(name), page).trim()).toBe(whole);
  });

  test('code page 437 has all its letters', () => {
    expect(decodeOutput(Uint8Array.of(0x80, 0xe9, 0xea, 0xff), 437)).toBe('ÇΘΩ\u00a0');
  });

  test('C29: no escape code is left', () => {
    expect(stripTerminalCodes(fixture('C29/stdout-with-terminal.bin').toString('latin1'))).not.toContain('\u001b');
  });
});
