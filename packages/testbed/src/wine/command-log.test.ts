import { expect, test } from '@jest/globals';
import { parseLog } from './command-log.js';

const encoded = (text: string) => Buffer.from(text).toString('base64');

test('a log tells reads from writes, scripts on standard input included', async () => {
  const text = [
    `exec 1 ${encoded('reg query HKLM\\SOFTWARE')}`,
    `exec 2 ${encoded('cmd /q')}`,
    'open "/C:/users/root/a" flags READ mode 0666',
    'sent status No such file',
    'open "/C:/users/root/a" flags WRITE,CREATE,TRUNCATE mode 0666\r',
  ].join('\n');
  const entries = await parseLog(text, async (id) => (id === '2' ? 'reg import x.reg\r\n' : ''));
  expect(entries.map(({ op, writes }) => [op, writes])).toEqual([
    ['exec', false],
    ['exec', true],
    ['sftp-open', false],
    ['sftp-open', true],
  ]);
});
