import { afterAll, beforeAll, describe, test } from '@jest/globals';
import { type EmbeddedHost, startEmbeddedHost } from '../embedded/host.js';
import { connectClient } from '../embedded/test-client.js';
import { contractCases } from './contract.js';

describe('the contract on an embedded host', () => {
  const running: { host?: EmbeddedHost } = {};
  beforeAll(async () => {
    running.host = await startEmbeddedHost({ name: 'win1', password: 'p', registry: [], downMs: 10 });
  });
  afterAll(async () => running.host?.stop());

  test.each(contractCases.map((item) => [item.name, item] as const))('%s', async (_name, item) => {
    const { host } = running;
    if (!host) throw new Error('The host did not start.');
    const login = { host: '127.0.0.1', port: host.port, username: 'admin', password: 'p' };
    await item.run({ connect: () => connectClient(login), reboot: () => host.reboot() });
  });
});
