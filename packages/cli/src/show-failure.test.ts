import { describe, expect, test } from '@jest/globals';
import { RatchetError, RatchetErrors, Secrets, sourceError } from '@ratchet/core';
import { showFailure } from './show-failure.js';

const file = { path: 'p.yml', text: '- hosts: all\n  tsks: []\n' };

describe('errors', () => {
  test('are all shown with place, caret and hint, and the worst code wins', () => {
    const errors = new RatchetErrors([
      new RatchetError('file-not-found', 'There is no file x.'),
      sourceError('keyword-unknown', 'A play has no "tsks".', { file, offset: 15 }, { hint: 'Did you mean "tasks"?' }),
    ]);
    expect(showFailure(errors, new Secrets(), 0)).toEqual({
      text: [
        'ERROR! There is no file x.',
        '',
        'ERROR! A play has no "tsks".',
        '  at p.yml:2:3',
        '      tsks: []',
        '      ^',
        '  hint: Did you mean "tasks"?',
        '',
      ].join('\n'),
      exitCode: 4,
    });
  });

  test('never tell a secret nor drive the terminal', () => {
    const secrets = new Secrets();
    secrets.add('hunter22');
    const { text } = showFailure(new RatchetError('auth', 'hunter22 \u001b[2J'), secrets, 0);
    expect(text).toBe('ERROR! ******** \\u001b[2J\n');
  });

  test('of ours end with 250, with a stack only from -vvv on', () => {
    const fault = new TypeError('x is not a function');
    const short = showFailure(fault, new Secrets(), 0);
    expect(short.exitCode).toBe(250);
    expect(short.text).toMatch(/^ERROR! x is not a function\n {2}hint: /);
    expect(short.text).not.toContain('    at ');
    expect(showFailure(fault, new Secrets(), 3).text).toContain('caused by: TypeError: x is not a function');
  });
});
