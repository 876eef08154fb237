import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Ended } from '../crash/controller.js';
import { type Bench, PATIENT } from './bench.js';
import { judgeCut } from './cuts.js';
import type { Fault } from './fault.js';
import { type Controller, getThrough, judgeBoth, judgeEnd, judgeMeeting } from './operator.js';
import { type Relay, startRelay } from './relay.js';
import { OTHER } from './two-controllers.js';

const LOOK_MS = 20;

/** Puts a relay before the victim: the bench's inventory leads through it from then on. */
const behindRelay = async <Result>(
  bench: Bench,
  use: (bench: Bench, relay: Relay) => Promise<Result>,
): Promise<Result> => {
  const { fleet, victimName } = bench;
  const relay = await startRelay(fleet.port(victimName));
  try {
    const known = (await readFile(fleet.knownHosts, 'utf8')).split('\n');
    const own = known.find((line) => line.startsWith(`[127.0.0.1]:${fleet.port(victimName)} `)) ?? '';
    await appendFile(fleet.knownHosts, `${own.replace(/:\d+ /, `:${relay.port} `)}\n`);
    const inventory = join(bench.folder, 'relay.yml');
    await writeFile(inventory, JSON.stringify({ all: { hosts: { [victimName]: { ansible_port: relay.port } } } }));
    const through: Bench = {
      ...bench,
      run: (...more) => bench.run('-i', inventory, ...more),
    };
    return await use(through, relay);
  } finally {
    await relay.close();
  }
};

/** Does something as soon as the victim has got so many commands; while the last of them runs, that is. */
const atCommand = async (bench: Bench, count: number, act: () => void, running: () => boolean): Promise<void> => {
  while (running()) {
    if ((await bench.fleet.commands(bench.victimName)) >= count) return act();
    await pause(LOOK_MS);
  }
};

const during = async (
  bench: Bench,
  count: number,
  act: (relay: Relay) => void,
  ...flags: readonly string[]
): Promise<readonly string[]> =>
  behindRelay(bench, async (through, relay) => {
    let running = true;
    const run = through.run(...flags).finally(() => {
      running = false;
    });
    const [ended] = await Promise.all([
      run,
      atCommand(
        bench,
        count,
        () => act(relay),
        () => running,
      ),
    ]);
    return [...judgeCut(ended, bench.victimName), ...(await judgeEnd(bench, await getThrough(bench, ended)))];
  });

/** The wire is cut while the Nth command runs; the command goes on behind it. */
const cutWire = (count: number): Fault<Bench> => ({
  name: `wire:cut:${count}`,
  short: false,
  try: (bench) => during(bench, count, (relay) => relay.cut()),
});

const ALIVE = '--ssh-common-args=-o ServerAliveInterval=1 -o ServerAliveCountMax=3';

/** The wire carries nothing any more from the Nth command on; keepalives find out. */
const silentWire = (count: number): Fault<Bench> => ({
  name: `wire:silent:${count}`,
  short: false,
  try: (bench) => during(bench, count, (relay) => relay.silence(), ALIVE),
});

const meets = (count: number): Fault<Bench> => ({
  name: `wire:two-controllers:${count}`,
  short: false,
  settings: 'reconnect_timeout: 40\n',
  otherUsers: [OTHER],
  try: async (bench) => {
    const project = join(bench.folder, 'other');
    await mkdir(project);
    const other: Controller = {
      project,
      flags: [...PATIENT, '-e', `ansible_user=${OTHER} whose=-bob`],
      command: 'once-plain-bob',
    };
    let second: Promise<Ended> | undefined;
    let running = true;
    const first = bench.run().finally(() => {
      running = false;
    });
    const begin = (): void => {
      second = bench.ratchet(['run', bench.playbook, '-i', bench.fleet.inventory, ...other.flags], project);
    };
    const [ended] = await Promise.all([first, atCommand(bench, count, begin, () => running)]);
    if (!second)
      return [`the first controller ended with ${ended.code} before the second could begin: ${ended.out.slice(-1500)}`];
    const there = await second;
    const met = [...judgeMeeting(ended, 'the first'), ...judgeMeeting(there, 'the second')];
    const through = [await getThrough(bench, ended), await getThrough(bench, there, other)];
    return [...met, ...(await judgeBoth(bench, through, other))];
  },
});

/** Faults of the wire and of company, for hosts of every kind. */
export const wires: readonly Fault<Bench>[] = [
  ...[1, 3, 6, 9, 12, 15, 18].map(cutWire),
  ...[3, 14].map(silentWire),
  ...[3, 12].map(meets),
];
