import { describe, expect, test } from '@jest/globals';
import { withoutInput } from './command-line.js';
import { cutAtMarks, explainLines, isCommandSafe, parentsOf, quotedPath, readLines } from './read-script.js';
import { covers, necessary } from './registry-queries.js';

describe('a script that reads', () => {
  const query = { path: 'HKEY_USERS\\a\\b', tree: true };

  test('a key takes one reg.exe and one mark that also notes a failure', () => {
    expect(readLines(query, 4, 'T')).toEqual([
      'reg query "HKEY_USERS\\a\\b" /s /reg:64 2>nul <nul',
      'echo T 4 0 %errorlevel%&if errorlevel 1 set RATCHET_FAILED=1&set RATCHET_FAILED_4=1',
    ]);
  });

  test('the parents are asked only after a failure, and no further than needed', () => {
    expect(explainLines([query], 4, 'T')).toEqual([
      'if not defined RATCHET_FAILED exit 0',
      'if defined RATCHET_FAILED_4 reg query "HKEY_USERS\\a" /reg:64 2>nul <nul',
      'if defined RATCHET_FAILED_4 echo T 4 1 %errorlevel%',
      'if not errorlevel 1 set RATCHET_FAILED_4=',
      'if defined RATCHET_FAILED_4 reg query "HKEY_USERS" /reg:64 2>nul <nul',
      'if defined RATCHET_FAILED_4 echo T 4 2 %errorlevel%',
      'if not errorlevel 1 set RATCHET_FAILED_4=',
    ]);
    expect(explainLines([], 0, 'T')).toEqual([]);
  });

  test('parents go from the nearest to the hive', () => {
    expect(parentsOf('HKEY_USERS\\a\\b')).toEqual(['HKEY_USERS\\a', 'HKEY_USERS']);
    expect(parentsOf('HKEY_USERS')).toEqual([]);
  });

  test.each([
    ['HKEY_USERS\\a b/(c)&d', true],
    ['HKEY_USERS\\100%', false],
    ['HKEY_USERS\\"', false],
    ['HKEY_USERS\\Grüße', false],
    ['HKEY_USERS\\tab\t', false],
    ['HKEY_USERS\\', false],
  ])('%j on a command line: %s', (path, safe) => expect(isCommandSafe(path)).toBe(safe));

  test.each([
    ['HKEY_USERS\\say "x"', '^"HKEY_USERS\\say \\^"x\\^"^"'],
    ['HKEY_USERS\\"a', '^"HKEY_USERS\\\\\\^"a^"'],
    ['HKEY_USERS\\a"&(b)|<c>^', '^"HKEY_USERS\\a\\^"^&^(b^)^|^<c^>^^^"'],
    ['HKEY_USERS\\"%OS%', undefined],
    ['HKEY_USERS\\"!OS!', undefined],
    ['HKEY_USERS\\"ü', undefined],
    ['HKEY_USERS\\"\t', undefined],
  ])('%j with its quotes on a command line: %s', (path, word) => expect(quotedPath(path)).toBe(word));

  test('output is cut at the marks, codes are unsigned, and the banner is dropped', () => {
    const output = 'Microsoft Windows\r\nT begin\r\none\r\nT 0 0 0\r\ntwo\r\nT 1 0 -1\r\nT 1 1 3010\r\nleft over';
    expect(cutAtMarks(output, 'T')).toEqual([
      { number: 0, level: 0, code: 0, text: '\r\none\r\n' },
      { number: 1, level: 0, code: 0xffffffff, text: '\r\ntwo\r\n' },
      { number: 1, level: 1, code: 3010, text: '\r\n' },
    ]);
  });
});

describe('queries', () => {
  const query = (path: string, tree = false) => ({ path: `HKEY_USERS\\${path}`, tree });

  test('what another one answers is not sent', () => {
    expect(
      necessary([query('a'), query('A'), query('b', true), query('b\\c'), query('bc'), query('b\\d', true)]),
    ).toEqual([query('a'), query('b', true), query('bc')]);
  });

  test('a key does not answer its tree', () => {
    expect(covers(query('a'), query('a', true))).toBe(false);
    expect(covers(query('a'), query('a\\b'))).toBe(false);
  });
});

describe('standard input', () => {
  test.each(['ver', 'reg query HKLM', 'echo "quoted"'])('%s is given none', (command) =>
    expect(withoutInput(command)).toBe(`<nul ${command}`),
  );
  test.each(['a & b', 'a | b', '(a)', 'a > b', 'a < b', 'if 1==1 a', '@for %i in x do a', 'rem a', 'a ^b'])(
    '%s is left as it is',
    (command) => expect(withoutInput(command)).toBe(command),
  );
});
