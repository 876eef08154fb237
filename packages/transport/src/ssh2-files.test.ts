import { expect, test } from '@jest/globals';
import { sftpFiles } from './ssh2-files.js';
import type { Ssh2Link } from './ssh2-link.js';

/** A link whose SFTP server takes every request and never answers. */
const deafLink = {
  lost: new Promise<never>(() => undefined),
  sftp: async () => new Proxy({}, { get: (_, name) => (name === 'then' ? undefined : () => undefined) }),
};

test('an operation that is never answered is cut, and says so', async () => {
  const files = sftpFiles('win1', (use) => use(deafLink as unknown as Ssh2Link), 20);
  const silent = { code: 'timeout', message: 'win1 did not answer over SFTP within 1 s.' };
  await expect(files.modified('/C:/a')).rejects.toMatchObject(silent);
  await expect(files.write('/C:/a', new Uint8Array(10))).rejects.toMatchObject(silent);
  await expect(files.makeFolder('/C:/a')).rejects.toMatchObject(silent);
});
