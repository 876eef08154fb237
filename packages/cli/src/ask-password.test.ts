import { PassThrough } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import { askPassword, typedLine } from './ask-password.js';

describe('a password prompt', () => {
  test('takes keys until Enter, with Backspace, and stops at Ctrl-C', () => {
    expect(typedLine('', 'geheim')).toEqual({ done: false, text: 'geheim' });
    expect(typedLine('geh', 'x\u007feim\r')).toEqual({ done: true, text: 'geheim' });
    expect(() => typedLine('', 'a\u0003')).toThrow('Interrupted');
  });

  test('reads a line from a pipe and never writes it', async () => {
    const input = new PassThrough();
    let shown = '';
    const asked = askPassword('SSH password: ', input, {
      write: (text) => {
        shown += text;
      },
    });
    input.write('pass');
    input.end('wörd\n');
    expect(await asked).toBe('passwörd');
    expect(shown).toBe('SSH password: \n');
  });
});
