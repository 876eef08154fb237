import { expect, test } from '@jest/globals';
import { opensshFiles } from './openssh-files.js';
import { commandTimeout } from './results.js';

test('a batch that never ends is cut, later where there is more to send, and says so', async () => {
  const times: number[] = [];
  const files = opensshFiles('win1', (_, timeoutMs) => {
    times.push(timeoutMs);
    return Promise.reject(commandTimeout('win1', timeoutMs));
  });
  const silent = { code: 'timeout', message: 'win1 did not answer over SFTP within 60 s.' };
  await expect(files.exists('/C:/a')).rejects.toMatchObject(silent);
  await expect(files.makeFolder('/C:/a')).rejects.toMatchObject(silent);
  await expect(files.write('/C:/a', new Uint8Array(1_000_000))).rejects.toMatchObject({
    code: 'timeout',
    message: 'win1 did not answer over SFTP within 110 s.',
  });
  expect(times).toEqual([60_000, 60_000, 110_000]);
});
