import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createConnection, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { RatchetError } from '@ratchet/core';
import type { Testbed } from './testbed.js';

/** What the command asks of the process that holds a testbed. */
export interface ControlRequest {
  readonly op: 'down' | 'reboot' | 'snapshot';
  readonly host?: string;
}

type ControlAnswer = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly message: string };

interface ControlFile {
  readonly pid: number;
  readonly socket: string;
}

const controlFile = (dir: string): string => join(resolve(dir), 'control.json');

const perform = async (testbed: Testbed, { op, host = 'win1' }: ControlRequest): Promise<string> => {
  if (op === 'snapshot') return testbed.snapshot(host);
  if (op === 'reboot') await testbed.reboot(host);
  else await testbed.stop();
  return '';
};

const answer = async (testbed: Testbed, line: string): Promise<ControlAnswer> => {
  try {
    return { ok: true, text: await perform(testbed, JSON.parse(line) as ControlRequest) };
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : String(error) };
  }
};

const listen = (server: Server, socket: string): Promise<void> =>
  new Promise((resolveListen, reject) => {
    server.once('error', reject);
    server.listen(socket, resolveListen);
  });

export interface Control {
  /** Resolves once somebody has sent `down` and it is done. */
  readonly downed: Promise<void>;
  close(): Promise<void>;
}

/** Answers `down`, `reboot` and `snapshot` for a testbed on a socket that `control.json` in its folder names. */
export const serveControl = async (testbed: Testbed): Promise<Control> => {
  const folder = await mkdtemp(join(tmpdir(), 'ratchet-testbed-'));
  const socket = join(folder, 'control');
  let finish: () => void = () => undefined;
  const downed = new Promise<void>((done) => {
    finish = done;
  });
  const server = createServer((client) => {
    let text = '';
    client.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      if (!text.endsWith('\n')) return;
      const line = text;
      text = '';
      void answer(testbed, line).then((reply) => {
        client.end(JSON.stringify(reply), () => {
          if ((JSON.parse(line) as ControlRequest).op === 'down') finish();
        });
      });
    });
    client.on('error', () => client.destroy());
  });
  await listen(server, socket);
  const content: ControlFile = { pid: process.pid, socket };
  await writeFile(controlFile(testbed.dir), JSON.stringify(content), { mode: 0o600 });
  return {
    downed,
    close: async () => {
      server.close();
      await rm(folder, { recursive: true, force: true });
      await rm(controlFile(testbed.dir), { force: true });
    },
  };
};

const readControl = async (dir: string): Promise<ControlFile | null> => {
  const text = await readFile(controlFile(dir), 'utf8').catch(() => null);
  return text === null ? null : (JSON.parse(text) as ControlFile);
};

/** Whether a testbed answers in this folder. */
export const isUp = async (dir: string): Promise<boolean> => (await readControl(dir)) !== null;

const send = (socket: string, request: ControlRequest): Promise<ControlAnswer> =>
  new Promise((done, reject) => {
    let text = '';
    const client = createConnection(socket, () => client.write(`${JSON.stringify(request)}\n`));
    client.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    client.once('error', reject);
    client.once('end', () => done(JSON.parse(text) as ControlAnswer));
  });

/**
 * Asks the process that holds the testbed of this folder.
 * @throws RatchetError `usage` when none is up there, `command-failed` with what went wrong
 */
export const askTestbed = async (dir: string, request: ControlRequest): Promise<string> => {
  const control = await readControl(dir);
  const reply = control === null ? null : await send(control.socket, request).catch(() => null);
  if (reply === null)
    throw new RatchetError('usage', `No testbed is up in ${dir}.`, {
      hint: `Start one with: ratchet-testbed up --kind embedded --dir ${dir}`,
    });
  if (!reply.ok) throw new RatchetError('command-failed', reply.message);
  return reply.text;
};
