import { expect, test } from '@jest/globals';
import { RatchetError, Secrets, type StampedEvent } from '@ratchet/core';
import { eventSink } from './events.js';

test('a warning is shown even where the journal cannot be written any more, and no other event is', async () => {
  const shown: StampedEvent[] = [];
  const journal = {
    folder: 'r1',
    append: async () => {
      throw new RatchetError('journal-write', 'full');
    },
    backup: async () => '',
    close: async () => undefined,
  };
  const secrets = new Secrets();
  secrets.add('hunter22');
  const sink = eventSink(
    journal,
    secrets,
    (event) => shown.push(event),
    () => new Date(),
  );
  await expect(sink.emit({ type: 'warning', host: 'win1', message: 'first' })).rejects.toMatchObject({
    code: 'journal-write',
  });
  await sink.warn('win1', 'not given back, hunter22');
  expect(shown).toMatchObject([{ type: 'warning', host: 'win1', message: 'not given back, ********' }]);
});
