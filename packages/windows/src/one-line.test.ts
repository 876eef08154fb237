import { expect, test } from '@jest/globals';
import { oneLine, typedLine } from './one-line.js';

const READ = 'reg query "HKEY_LOCAL_MACHINE\\SOFTWARE\\A & B" /reg:64 2>nul <nul';
const MARK = 'echo RATCHET-0a1b2c3d4e5f 0 0 %errorlevel%';

test('marks are replaced a second time, after what they tell of; conditions end with their own line', () => {
  const kept = 'if exist "%ProgramData%\\Ratchet\\lock.json" echo RATCHET-0a1b2c3d4e5f locked';
  expect(oneLine([kept, READ, MARK])).toBe(`(${kept})& ${READ}& call echo RATCHET-0a1b2c3d4e5f 0 0 %^errorlevel%`);
});

test.each([
  ['a line whose percent signs mean something else on a command line', ['echo 100%', READ]],
  ['a line that ends the shell', [READ, 'exit 0']],
  ['text beyond ASCII', [READ, 'echo für']],
  ['lines that another shell than cmd.exe could begin to run', [MARK]],
  ['more than cmd.exe takes', Array.from({ length: 200 }, () => READ)],
])('%s is sent as a script', (_, lines) => {
  expect(oneLine(lines)).toBeUndefined();
});

test('lines with letters beyond ASCII go as they would be typed', () => {
  const mark = 'echo RATCHET-0a 0 0 %errorlevel%';
  expect(typedLine(['if exist "C:\\ü" for %I in ("C:\\ü") do @echo [%~aI][%~zI]', mark])).toBe(
    '(if exist "C:\\ü" for %I in ("C:\\ü") do @echo [%~aI][%~zI])& call echo RATCHET-0a 0 0 %^errorlevel%',
  );
});
