import { describe, expect, test } from '@jest/globals';
import { Secrets } from '@ratchet/core';
import { maskedOutput, outputKind } from './choose-renderer.js';

const terminal = { isTTY: true, write: () => true };
const pipe = { write: () => true };

describe('the kind of output', () => {
  test('is live on a terminal and plain elsewhere', () => {
    expect(outputKind(undefined, terminal, { TERM: 'xterm' })).toBe('tty');
    expect(outputKind(undefined, pipe, {})).toBe('plain');
    expect(outputKind('json', terminal, {})).toBe('json');
  });

  test('C78: falls back to plain lines for a pipe, a dumb terminal and CI, also when live was asked for', () => {
    expect(outputKind('tty', pipe, {})).toBe('plain');
    expect(outputKind('tty', terminal, { TERM: 'dumb' })).toBe('plain');
    expect(outputKind(undefined, terminal, { CI: 'true' })).toBe('plain');
    expect(outputKind(undefined, { ...terminal, columns: 0 }, { TERM: 'xterm' })).toBe('plain');
  });
});

test('secrets are masked on their way out', () => {
  const secrets = new Secrets();
  secrets.add('hunter22');
  let out = '';
  maskedOutput(
    {
      write: (text) => {
        out += text;
      },
    },
    secrets,
  ).write('password hunter22\n');
  expect(out).toBe('password ********\n');
});
