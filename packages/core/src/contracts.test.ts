import { describe, expect, test } from '@jest/globals';
import {
  EXIT,
  exitCodeOf,
  Float,
  fromPlain,
  nearestName,
  RatchetError,
  Secrets,
  sameData,
  showChange,
  showError,
  sourceError,
  toPlain,
  worstExitCode,
  writesOf,
} from './index.js';

describe('errors', () => {
  test('an error in a text shows its line and a caret', () => {
    const error = sourceError('keyword-unknown', 'unknown keyword whne', {
      file: { path: 'p.yml', text: 'a: 1\n\twhne: x\n' },
      offset: 6,
    });
    expect(showError(error)).toBe('ERROR! unknown keyword whne\n  at p.yml:2:2\n    \twhne: x\n    \t^');
  });

  test('the exit code of several: 4 over 2, 2 over 10', () => {
    expect(worstExitCode([2, 4, 10])).toBe(EXIT.unreachableOrParse);
    expect(worstExitCode([10, 2])).toBe(EXIT.failed);
    expect(worstExitCode([])).toBe(0);
    expect(exitCodeOf(new RatchetError('no-hosts', 'none').code)).toBe(1);
  });
});

test('secrets are masked in text, in JSON and on each line', () => {
  const secrets = new Secrets();
  secrets.add('pa"ss\nword');
  expect(secrets.mask('x pa"ss y')).toBe('x ******** y');
  expect(JSON.stringify(secrets.maskDeep({ a: ['pa"ss\nword'] }))).toBe('{"a":["********"]}');
});

test('the nearest name, also with two letters swapped; nothing where nothing is near', () => {
  expect(nearestName('whne', ['when', 'loop'])).toBe('when');
  expect(nearestName('zzzzzz', ['when', 'loop'])).toBeUndefined();
});

test('plain data and back; a float stays a number, an object has no prototype', () => {
  const plain = toPlain(fromPlain({ a: [1, 'x', null], b: { c: true } }));
  expect(JSON.stringify(plain)).toBe('{"a":[1,"x",null],"b":{"c":true}}');
  expect(Object.getPrototypeOf(plain)).toBeNull();
  expect(toPlain(new Float(2))).toBe(2);
});

test('registry data are compared with their type; changes become writes and lines', () => {
  expect(sameData({ type: 'REG_DWORD', number: 1 }, { type: 'REG_SZ', text: '1' })).toBe(false);
  expect(sameData({ type: 'REG_MULTI_SZ', items: ['a'] }, { type: 'REG_MULTI_SZ', items: ['a'] })).toBe(true);
  const change = {
    kind: 'registry-value',
    path: 'HKEY_LOCAL_MACHINE\\A',
    name: '',
    before: null,
    after: { type: 'REG_DWORD', number: 255 },
    restart: false,
  } as const;
  expect(showChange(change)).toBe('HKEY_LOCAL_MACHINE\\A (Default): absent → dword 255 (0xff)');
  expect(showChange({ ...change, name: '(Default)' })).toBe(
    'HKEY_LOCAL_MACHINE\\A "(Default)": absent → dword 255 (0xff)',
  );
  expect(writesOf([change])).toEqual([{ op: 'set', path: change.path, name: '', data: change.after }]);
});
