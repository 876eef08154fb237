import type { ChildProcess } from 'node:child_process';
import { type FSWatcher, watch } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RatchetError } from '@ratchet/core';
import { execa } from 'execa';
import type { LogEntry } from '../log-entry.js';
import type { HostStart, RunningHost } from '../running-host.js';
import { decodeExport } from '../snapshot/text.js';
import { prefixesFolder, prefixPath, tiePrefix } from './abandoned.js';
import { blankPrefix, copyPrefix } from './blank.js';
import { parseLog } from './command-log.js';
import { wineEnvironment } from './environment.js';
import { ensurePackages } from './packages.js';
import { addPowershell, powershellFolder } from './powershell.js';
import { removeTree } from './remove-tree.js';
import { freePort, type ServerSettings, startServer, stopServer, writeServerFiles } from './server.js';
import { steadyPrefix, wineCommand } from './steady.js';

/** Ends every Wine process of a prefix, hives flushed; volatile keys are gone, as after a power cut. */
const stopWine = async (prefix: string): Promise<void> => {
  const env = wineEnvironment(prefix);
  await execa('wineserver', ['-k'], { env, reject: false });
  await execa('wineserver', ['-w'], { env, reject: false });
};

/** Wine's services start with the first command and keep its streams open: start them outside any session. */
const startWine = async (prefix: string): Promise<void> => {
  const env = wineEnvironment(prefix);
  await execa('wineserver', ['-p'], { env, stdio: 'ignore', reject: false });
  await execa(...(await wineCommand('cmd', '/c', 'exit')), { env, stdio: 'ignore', reject: false });
};

const importText = async (prefix: string, text: string): Promise<void> => {
  const file = join(prefix, 'drive_c', 'ratchet', 'seed.reg');
  await writeFile(file, Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]));
  const result = await execa(...(await wineCommand('reg', 'import', 'C:\\ratchet\\seed.reg')), {
    env: wineEnvironment(prefix),
    reject: false,
    stdin: 'ignore',
  });
  await rm(file, { force: true });
  if (result.failed)
    throw new RatchetError('command-failed', `A test host refused its seed: ${result.stderr || result.stdout}`);
};

const exportRoot = async (prefix: string, root: string, index: number): Promise<string> => {
  const name = `snapshot${index}.reg`;
  const file = join(prefix, 'drive_c', 'ratchet', name);
  const env = wineEnvironment(prefix);
  const result = await execa(...(await wineCommand('reg', 'export', root, `C:\\ratchet\\${name}`, '/y')), {
    env,
    reject: false,
    stdin: 'ignore',
  });
  if (result.failed)
    throw new RatchetError('command-failed', `reg export ${root} failed on a test host: ${result.stderr}`);
  const text = decodeExport(await readFile(file));
  await rm(file, { force: true });
  return text;
};

/** Watches for what shutdown.exe writes; calls back with the seconds to wait, or null when the request is withdrawn. */
const watchShutdown = (prefix: string, onRequest: (seconds: number | null) => void): FSWatcher => {
  const folder = join(prefix, 'jail', 'C:', 'ratchet');
  return watch(folder, (_event, name) => {
    if (name !== 'shutdown.request') return;
    void readFile(join(folder, 'shutdown.request'), 'utf8').then(
      (text) => onRequest(Number(text.trim().split(' ')[1])),
      () => onRequest(null),
    );
  });
};

class WineHost implements RunningHost {
  readonly name: string;
  readonly port: number;
  readonly user = 'root';
  readonly #start: HostStart;
  readonly #settings: ServerSettings;
  readonly #watcher: FSWatcher;
  #server: ChildProcess | null = null;
  #timer: NodeJS.Timeout | null = null;
  #reboots = 0;
  #rebooting: Promise<void> | null = null;

  constructor(start: HostStart, settings: ServerSettings) {
    this.name = start.name;
    this.port = settings.port;
    this.#start = start;
    this.#settings = settings;
    this.#watcher = watchShutdown(settings.prefix, (seconds) => this.#schedule(seconds));
  }

  get reboots(): number {
    return this.#reboots;
  }

  async powerOn(): Promise<void> {
    const { prefix } = this.#settings;
    await rm(join(prefix, 'drive_c', 'ratchet', 'shutdown.request'), { force: true });
    await startWine(prefix);
    await importText(prefix, this.#start.seedText(this.#reboots));
    this.#server = await startServer(this.#settings);
  }

  async #powerOff(): Promise<void> {
    if (this.#server) await stopServer(this.#server);
    this.#server = null;
    await stopWine(this.#settings.prefix);
  }

  #schedule(seconds: number | null): void {
    if (seconds === null || this.#rebooting) {
      if (this.#timer && !this.#rebooting) clearTimeout(this.#timer);
      this.#timer = null;
      return;
    }
    if (this.#timer) return;
    this.#timer = setTimeout(() => {
      void this.reboot().catch(this.#start.onFailure);
    }, seconds * 1000);
  }

  reboot(): Promise<void> {
    this.#rebooting ??= this.#restart().finally(() => {
      this.#rebooting = null;
    });
    return this.#rebooting;
  }

  async #restart(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    await this.#powerOff();
    this.#reboots += 1;
    await this.powerOn();
  }

  async log(): Promise<LogEntry[]> {
    const { folder } = this.#settings;
    const text = await readFile(join(folder, 'commands.log'), 'utf8').catch(() => '');
    return parseLog(text, (id) => readFile(join(folder, 'input', id), 'utf8').catch(() => ''));
  }

  async exportTexts(keys: readonly string[]): Promise<string[]> {
    const texts: string[] = [];
    for (const [index, root] of keys.entries()) texts.push(await exportRoot(this.#settings.prefix, root, index));
    return texts;
  }

  async stop(): Promise<void> {
    this.#watcher.close();
    if (this.#timer) clearTimeout(this.#timer);
    await this.#rebooting?.catch(() => undefined);
    await this.#powerOff();
    // A command that nobody waits for any more may still be making files.
    await removeTree(this.#settings.prefix);
  }
}

/**
 * Starts a host of real Windows commands: Wine behind its own OpenSSH server on a loopback port.
 * @throws RatchetError `not-elevated` when not root, `command-failed` when a part of it does not start.
 */
export const startWineHost = async (start: HostStart): Promise<RunningHost> => {
  await ensurePackages();
  const withPowershell = start.powershell || start.shell === 'powershell';
  if (withPowershell) await powershellFolder();
  const blank = await blankPrefix();
  await mkdir(prefixesFolder(), { recursive: true });
  const prefix = prefixPath(start.name);
  await mkdir(start.folder, { recursive: true });
  await copyPrefix(blank, prefix);
  await tiePrefix(prefix, start.folder);
  if (withPowershell) await addPowershell(prefix);
  const before = await steadyPrefix();
  const settings: ServerSettings = { ...start, prefix, port: await freePort(), before };
  await writeServerFiles(settings);
  const host = new WineHost(start, settings);
  try {
    await host.powerOn();
  } catch (error) {
    await host.stop();
    throw error;
  }
  return host;
};
