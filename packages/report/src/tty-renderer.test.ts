import { describe, expect, test } from '@jest/globals';
import { progressLine, wantsColour, wantsLiveDisplay } from './tty-renderer.js';

describe('live output', () => {
  test('tells how a task stands in one line', () => {
    const working = new Map([
      ['win2', ''],
      ['win3', 'waiting for the restart'],
    ]);
    expect(progressLine('Set TLS', new Map([['changed', 1]]), working)).toBe(
      'Set TLS  changed 1, at work: win2, win3 (waiting for the restart)',
    );
    expect(progressLine('Set TLS', new Map(), new Map())).toBe('Set TLS');
  });

  test('names only a few of many hosts', () => {
    const working = new Map(['a', 'b', 'c', 'd', 'e', 'f'].map((host) => [host, ''] as const));
    expect(progressLine('T', new Map(), working)).toBe('T  at work: a, b, c, d, 2 more');
  });

  test('C78: is for a terminal only, not for CI nor for a dumb one', () => {
    expect(wantsLiveDisplay(true, { TERM: 'xterm' })).toBe(true);
    expect(wantsLiveDisplay(false, { TERM: 'xterm' })).toBe(false);
    expect(wantsLiveDisplay(true, { TERM: 'dumb' })).toBe(false);
    expect(wantsLiveDisplay(true, { TERM: 'xterm', CI: 'true' })).toBe(false);
  });

  test('C78: honours NO_COLOR', () => {
    expect(wantsColour(true, {})).toBe(true);
    expect(wantsColour(true, { NO_COLOR: '1' })).toBe(false);
    expect(wantsColour(true, { NO_COLOR: '' })).toBe(true);
    expect(wantsColour(false, {})).toBe(false);
  });
});
