#!/usr/bin/env node
import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { RatchetError, RatchetErrors, showError, toRatchetError } from '@ratchet/core';
import { type Invocation, readArguments, USAGE } from './arguments.js';
import { askTestbed, isUp, serveControl } from './control.js';
import { showExclusions, snapshotExclusions } from './snapshot/exclusions.js';
import { type UpOptions, upHosts } from './testbed.js';
import { endAbandonedHosts } from './wine/abandoned.js';
import { ensurePackages } from './wine/packages.js';
import { powershellFolder } from './wine/powershell.js';

const print = (text: string): void => {
  process.stdout.write(text);
};

const refuseWhenUp = async (dir: string): Promise<void> => {
  await endAbandonedHosts(dir);
  if (!(await isUp(dir))) return;
  const answers = await askTestbed(dir, { op: 'reboot', host: '' }).catch((error: unknown) => error);
  if (answers instanceof RatchetError && answers.code === 'usage') {
    await rm(join(resolve(dir), 'control.json'), { force: true });
    return;
  }
  throw new RatchetError('usage', `A testbed is up in ${dir} already.`, {
    hint: `End it with: ratchet-testbed down --dir ${dir}`,
  });
};

const interrupted = (): Promise<void> =>
  new Promise((done) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => done());
  });

/** Wine hosts have PowerShell where it can be had, also when nobody asked for it. */
const withPowershell = async (options: UpOptions): Promise<UpOptions> => {
  if (options.kind !== 'wine' || options.powershell !== undefined) return options;
  try {
    await ensurePackages();
    await powershellFolder();
    return { ...options, powershell: true };
  } catch (error) {
    if (!(error instanceof RatchetError) || error.code === 'not-elevated') throw error;
    print(`The hosts have no PowerShell: ${error.message}\n`);
    return options;
  }
};

/** Holds the testbed until `down` or a signal. */
const hold = async (options: UpOptions): Promise<void> => {
  const stopped = interrupted();
  const testbed = await upHosts(await withPowershell(options));
  const control = await serveControl(testbed);
  for (const host of testbed.hosts) print(`${host.name} 127.0.0.1:${host.port}\n`);
  print(`inventory: ${testbed.inventoryPath}\n`);
  await Promise.race([control.downed, stopped.then(() => testbed.stop())]);
  await control.close();
};

/** Starts a process of its own that holds the testbed, and waits until it is up. */
const detach = async (options: UpOptions): Promise<void> => {
  const dir = resolve(options.dir);
  await mkdir(dir, { recursive: true });
  const logPath = join(dir, 'supervisor.log');
  const log = openSync(logPath, 'w');
  const own = process.argv.slice(2).filter((argument) => argument !== '--detach');
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), ...own], {
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  let ended = false;
  child.once('exit', () => {
    ended = true;
  });
  while (!ended && !(await isUp(dir))) await pause(50);
  const said = await readFile(logPath, 'utf8');
  if (ended) throw new RatchetError('command-failed', `The testbed did not start:\n${said.trim()}`);
  print(said);
  child.unref();
};

/** Ends a testbed; also the hosts that a killed supervisor left behind. */
const down = async (dir: string): Promise<void> => {
  if ((await endAbandonedHosts(dir)) === 0) await askTestbed(dir, { op: 'down' });
  else await rm(join(resolve(dir), 'control.json'), { force: true });
};

const perform = async (invocation: Invocation): Promise<void> => {
  switch (invocation.verb) {
    case 'help':
      print(USAGE);
      return;
    case 'up':
      await refuseWhenUp(invocation.options.dir);
      await (invocation.detach ? detach(invocation.options) : hold(invocation.options));
      return;
    case 'excluded':
      print(`${showExclusions(snapshotExclusions(invocation.arch))}\n`);
      return;
    case 'down':
      await down(invocation.dir);
      return;
    case 'reboot':
    case 'snapshot':
      print(await askTestbed(invocation.dir, { op: invocation.verb, host: invocation.host }));
  }
};

const EXIT_USAGE = 5;

const fail = (error: unknown): void => {
  const errors = error instanceof RatchetErrors ? error.errors : [toRatchetError(error)];
  process.stderr.write(`${errors.map(showError).join('\n')}\n`);
  process.exitCode = errors.some(({ code }) => code === 'usage') ? EXIT_USAGE : 2;
};

const main = async (): Promise<void> => perform(readArguments(process.argv.slice(2)));

main().catch(fail);
