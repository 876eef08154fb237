import { expect, test } from '@jest/globals';
import { type Connection, type FileTransfer, RatchetError } from '@ratchet/core';
import { windowsKeep } from './host-keep.js';
import { ANY_UPLOAD, endOrphanedImports } from './orphaned-imports.js';
import { ScriptSession } from './script-session.js';

const FOLDER = '/C:/ProgramData/Ratchet';
const ANN = { owner: 'ann@build1', run: 'r1' };
const LEFTOVER = 'ratchet-0123456789ab-1.reg';
const BOB = { owner: 'bob@build2', run: 'r2' };

/** A host that answers what every first script asks, and keeps files. */
const hostWithFiles = () => {
  const files = new Map<string, Uint8Array>();
  const found = (path: string): Uint8Array => {
    const bytes = files.get(path);
    if (!bytes) throw new RatchetError('command-failed', `${path} is not there`, { details: { missing: true } });
    return bytes;
  };
  const cut = { making: false, beforeRenewal: false };
  /** How many more times `del` finds the leftover import in use. */
  const leftover = { inUse: 0 };
  const transfer: Partial<FileTransfer> = {
    read: async (path) => found(path),
    modified: async () => 1000,
    remove: async (path) => void files.delete(path),
    write: async (path, bytes, { exclusive = false, inPlace = false } = {}) => {
      if (inPlace && cut.beforeRenewal) files.delete(path);
      if (inPlace) found(path);
      if (exclusive && files.has(path))
        throw new RatchetError('command-failed', `${path} is there`, { details: { exists: true } });
      if (cut.making && exclusive) {
        files.set(path, new Uint8Array());
        throw new RatchetError('unreachable', 'lost', { details: { lost: true } });
      }
      files.set(path, bytes);
    },
  };
  const answer = (stdin: string): string =>
    stdin.split('\r\n').reduce((output, line) => {
      if (line.startsWith('del ') && leftover.inUse-- <= 0) files.delete(LEFTOVER);
      if (line.includes(ANY_UPLOAD))
        return files.has(LEFTOVER) && line.startsWith('if')
          ? `${output}${line.slice(line.indexOf('echo ') + 5)}\r\n`
          : output;
      const [, path, command = ''] = /^if exist "([^"]+)" (.*)$/.exec(line) ?? [];
      const expanded = path?.replace('%ProgramData%', '/C:/ProgramData').replaceAll('\\', '/');
      if (expanded !== undefined && !files.has(expanded)) return output;
      if (command.startsWith('type')) return output + Buffer.from(files.get(expanded ?? '') ?? []).toString('latin1');
      const said = (command || line).replace('%ProgramData%', 'C:\\ProgramData');
      return said.startsWith('echo ') ? `${output}${said.slice(5)}\r\n` : output;
    }, '');
  const connect = (): ScriptSession =>
    new ScriptSession({
      host: 'win1',
      kind: 'ssh',
      files: transfer as FileTransfer,
      exec: async (_command: string, options: { readonly stdin: string }) => ({
        code: 0,
        stdout: Buffer.from(answer(options.stdin)),
        stderr: Buffer.alloc(0),
      }),
    } as unknown as Connection);
  return { files, connect, cut, leftover };
};

const contact = async ({ connect }: ReturnType<typeof hostWithFiles>) => {
  const session = connect();
  const keep = windowsKeep(session);
  await session.script([]);
  return keep;
};

test('who finds the turn as the first command found it was alone, and what it read stands', async () => {
  const host = hostWithFiles();
  const ann = await contact(host);
  expect(await ann.lock(ANN, 300)).toBe('untouched');
  expect(await ann.lock(ANN, 300)).toBe('renewed');
  await ann.release(ANN);
  const bob = await contact(host);
  expect(await bob.lock(BOB, 300)).toBe('untouched');
});

test('a lock that is taken away just before it is renewed is taken anew, and what was read counts no more', async () => {
  const host = hostWithFiles();
  const ann = await contact(host);
  expect(await ann.lock(ANN, 300)).toBe('untouched');
  host.cut.beforeRenewal = true;
  expect(await ann.lock(ANN, 300)).toBe('taken');
});

test('a run that had the lock in between is noticed, also when it has given it back', async () => {
  const host = hostWithFiles();
  const ann = await contact(host);
  const bob = await contact(host);
  expect(await bob.lock(BOB, 300)).toBe('untouched');
  await bob.release(BOB);
  expect(await ann.lock(ANN, 300)).toBe('taken');
});

test('a lock that was there with the first command, though gone since, leaves nothing certain', async () => {
  const host = hostWithFiles();
  const bob = await contact(host);
  await bob.lock(BOB, 300);
  const ann = await contact(host);
  await bob.release(BOB);
  expect(await ann.lock(ANN, 300)).toBe('taken');
});

test('a lock that was lost and is taken again leaves nothing certain', async () => {
  const host = hostWithFiles();
  const ann = await contact(host);
  await ann.lock(ANN, 300);
  host.files.delete(`${FOLDER}/lock.json`);
  expect(await ann.lock(ANN, 300)).toBe('taken');
});

test('who takes over the lock of a dead run ends what it left on its way, waits for what is being read, and reads again', async () => {
  const host = hostWithFiles();
  const ann = await contact(host);
  await ann.lock(ANN, 300);
  host.files.set(LEFTOVER, new Uint8Array([1]));
  host.leftover.inUse = 1;
  const bob = await contact(host);
  expect(await bob.lock(BOB, 300, async (run) => run === ANN.run)).toBe('taken');
  expect(host.files.has(LEFTOVER)).toBe(false);
  expect(host.leftover.inUse).toBe(-1);
});

test('a run that is gone on with ends what it had left on its way, too', async () => {
  const host = hostWithFiles();
  await (await contact(host)).lock(ANN, 300);
  host.files.set(LEFTOVER, new Uint8Array([1]));
  expect(await (await contact(host)).lock(ANN, 300)).toBe('taken');
  expect(host.files.has(LEFTOVER)).toBe(false);
});

test('an import that never ends is told', async () => {
  const host = hostWithFiles();
  host.files.set(LEFTOVER, new Uint8Array([1]));
  host.leftover.inUse = Number.POSITIVE_INFINITY;
  await expect(endOrphanedImports(host.connect(), [ANY_UPLOAD], 0)).rejects.toMatchObject({
    code: 'host-locked',
    place: { host: 'win1' },
  });
});

test('a lock whose making was cut off is its own to the run that made it, and for half a minute somebody else’s to others', async () => {
  const host = hostWithFiles();
  const ann = await contact(host);
  host.cut.making = true;
  await expect(ann.lock(ANN, 300)).rejects.toMatchObject({ code: 'unreachable' });
  host.cut.making = false;
  const bob = await contact(host);
  await expect(bob.lock(BOB, 300)).rejects.toMatchObject({
    code: 'host-locked',
    details: { until: new Date(1030 * 1000).toISOString() },
  });
  expect(await ann.lock(ANN, 300)).toBe('taken');
});
