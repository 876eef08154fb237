import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { EXIT } from '@ratchet/core';
import { FIRST_ON_PATH, SFTP_REFUSED } from '@ratchet/testbed';
import type { Ended } from '../crash/controller.js';
import type { WineFleet } from '../crash/wine-fleet.js';
import type { Bench } from './bench.js';
import type { Fault } from './fault.js';
import { mountLack, withSmallDisk } from './mounted.js';
import { getThrough, judgeEnd, judgeFirst, judgeLockLeft, judgeWrittenBack } from './operator.js';

/** A bench whose hosts are real Windows commands. */
export interface RealBench extends Bench {
  readonly fleet: WineFleet;
}

/** Where programs go that stand before Windows' own. */
const placeFirst = async ({ fleet, victimName }: RealBench): Promise<string> => {
  const folder = join(await fleet.drive(victimName), 'ratchet', FIRST_ON_PATH);
  await mkdir(folder, { recursive: true });
  return folder;
};

const batch = (...lines: readonly string[]): string => ['@echo off', ...lines, ''].join('\r\n');

const throughAfter = async (bench: RealBench, ended: Ended): Promise<readonly string[]> =>
  judgeEnd(bench, await getThrough(bench, ended));

const IMPORT_AND_OTHER_TOOL = batch(
  'C:\\windows\\system32\\reg.exe %*',
  'set RATCHET_BED=%errorlevel%',
  'if "%1"=="import" C:\\windows\\system32\\reg.exe add HKLM\\SOFTWARE\\Crash /v value2 /t REG_DWORD /d 99 /f >nul 2>nul <nul',
  'exit /b %RATCHET_BED%',
);

const writtenBack: Fault<RealBench> = {
  name: 'real:written-back',
  short: false,
  try: async (bench) => {
    const folder = await placeFirst(bench);
    await writeFile(join(folder, 'reg.bat'), IMPORT_AND_OTHER_TOOL);
    const ended = await bench.run();
    const first = await judgeWrittenBack(bench, ended);
    await rm(folder, { recursive: true });
    return [...first, ...(await throughAfter(bench, ended))];
  },
};

const sftpRefused: Fault<RealBench> = {
  name: 'real:sftp-refused',
  short: false,
  settings: 'reconnect_timeout: 5\n',
  try: async (bench) => {
    const { fleet, victimName } = bench;
    const file = join(fleet.folder(victimName), SFTP_REFUSED);
    await writeFile(file, '');
    const ended = await bench.run();
    const first = judgeFirst(ended, EXIT.unreachableOrParse, `fatal: [${victimName}]: UNREACHABLE!`, 'SFTP', 'hint: ');
    await rm(file);
    return [...first, ...(await throughAfter(bench, ended))];
  },
};

const FILLER = Buffer.alloc(1024 * 1024);

/** The disk on which a folder of the host lies is full from the beginning of the run to its end. */
const diskFull = (what: string, folder: readonly string[]): Fault<RealBench> => ({
  name: `real:disk-full:${what}`,
  short: false,
  lack: mountLack,
  try: async (bench) => {
    const { fleet, victimName } = bench;
    const path = join(await fleet.drive(victimName), ...folder);
    await mkdir(path, { recursive: true });
    const ended = await withSmallDisk(path, '64k', async () => {
      await writeFile(join(path, 'filler'), FILLER).catch(() => undefined);
      const run = await bench.run();
      return { ...run, left: await judgeLockLeft(bench, run) };
    });
    const first = judgeFirst(ended, EXIT.failed, `failed: [${victimName}] (item=1)`, /disk/, 'hint: ');
    return [...first, ...ended.left, ...(await throughAfter(bench, ended))];
  },
});

/** `shutdown /r` answers with a code, once, and restarts nothing; `also` happens on the host at that moment. */
const shutdownAnswers = (code: number, also?: (bench: RealBench) => Promise<void>): Fault<RealBench> => ({
  name: `real:shutdown:${code}`,
  short: false,
  try: async (bench) => {
    const folder = await placeFirst(bench);
    const once = join(folder, 'once');
    await writeFile(once, '');
    const file = `C:\\ratchet\\${FIRST_ON_PATH}\\once`;
    await writeFile(
      join(folder, 'shutdown.bat'),
      batch(
        `if not "%1"=="/r" goto windows`,
        `if not exist ${file} goto windows`,
        `del ${file}`,
        `exit /b ${code}`,
        ':windows',
        'C:\\windows\\system32\\shutdown.exe %*',
      ),
    );
    let running = true;
    const run = bench.run().finally(() => {
      running = false;
    });
    while (running && existsSync(once)) await pause(20);
    const asked = !existsSync(once);
    await also?.(bench);
    const ended = await run;
    return [...(asked ? [] : ['shutdown was never asked']), ...(await judgeEnd(bench, ended))];
  },
});

/** Faults of a host's own programs and disks, on real Windows commands. */
export const realHosts: readonly Fault<RealBench>[] = [
  writtenBack,
  sftpRefused,
  diskFull('profile', ['users', 'root']),
  diskFull('ProgramData', ['ProgramData', 'Ratchet']),
  shutdownAnswers(1190),
  // Somebody else's restart is on its way: it is the one.
  shutdownAnswers(1115, ({ fleet, victimName }) => fleet.restart(victimName)),
];
