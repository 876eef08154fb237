import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { EXIT } from '@ratchet/core';
import type { Ended } from '../crash/controller.js';
import { type Bench, PATIENT } from './bench.js';
import { judgeCut } from './cuts.js';
import type { Fault } from './fault.js';
import { startImpostor } from './impostor.js';
import { type Controller, getThrough, judgeBoth, judgeEnd, judgeFirst, judgeMeeting } from './operator.js';
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

/** A run through the relay, with something done to it as soon as the victim has got so many commands. */
const runUntil = async (
  through: Bench,
  count: number,
  act: () => void,
  ...flags: readonly string[]
): Promise<Ended> => {
  let running = true;
  const run = through.run(...flags).finally(() => {
    running = false;
  });
  const [ended] = await Promise.all([run, atCommand(through, count, act, () => running)]);
  return ended;
};

const during = async (
  bench: Bench,
  count: number,
  act: (relay: Relay) => void,
  ...flags: readonly string[]
): Promise<readonly string[]> =>
  behindRelay(bench, async (through, relay) => {
    const ended = await runUntil(through, count, () => act(relay), ...flags);
    return [...judgeCut(ended, bench.victimName), ...(await judgeEnd(bench, await getThrough(bench, ended)))];
  });

const DOWN_SECONDS = 30;

/** The host cannot be reached from the Nth command on, for half a minute. */
const downFor = (count: number): Fault<Bench> => ({
  name: `wire:down:${DOWN_SECONDS}s:${count}`,
  short: false,
  try: (bench) =>
    during(bench, count, (relay) => {
      relay.down();
      setTimeout(() => relay.up(), DOWN_SECONDS * 1000);
    }),
});

/** It does not come back before the run gives it up. */
const neverBack = (count: number): Fault<Bench> => ({
  name: `wire:down:never:${count}`,
  short: false,
  settings: 'reconnect_timeout: 3\n',
  variation: { reboot: { reboot_timeout: 20 } },
  try: (bench) =>
    behindRelay(bench, async (through, relay) => {
      const ended = await runUntil(through, count, () => relay.down());
      const first = judgeFirst(ended, EXIT.unreachableOrParse, `fatal: [${bench.victimName}]: UNREACHABLE!`, 'hint: ');
      relay.up();
      return [...first, ...(await judgeEnd(bench, await getThrough(through, ended)))];
    }),
});

/** sshd takes the connections that are made after the Nth command and says nothing; the one after two of them is answered. */
const hangs = (count: number): Fault<Bench> => ({
  name: `wire:hang:${count}`,
  short: false,
  variation: { reboot: { connect_timeout: 5 } },
  try: (bench) =>
    during(
      bench,
      count,
      (relay) => {
        relay.takeSilently(2);
        relay.cut();
      },
      '-T',
      '5',
    ),
});

/** Another host, with a key of its own, answers in the victim's place from the Nth command on; the operator finds out, and it is gone. */
const otherKey = (count: number): Fault<Bench> => ({
  name: `wire:host-key:${count}`,
  short: false,
  try: (bench) =>
    behindRelay(bench, async (through, relay) => {
      const impostor = await startImpostor();
      const ended = await runUntil(through, count, () => {
        relay.leadTo(impostor.port);
        relay.cut();
      });
      const fingerprints = new Set(ended.out.match(/SHA256:[\w+/]{43}/g) ?? []);
      const first = [
        ...judgeFirst(
          ended,
          EXIT.unreachableOrParse,
          `fatal: [${bench.victimName}]: UNREACHABLE!`,
          /host key/i,
          'hint: ',
        ),
        ...(fingerprints.size === 2 ? [] : [`it names ${fingerprints.size} fingerprints, not two`]),
        ...(impostor.logins() === 0 ? [] : ['somebody tried to log in to the impostor']),
      ];
      relay.leadTo(bench.fleet.port(bench.victimName));
      await impostor.close();
      return [...first, ...(await judgeEnd(bench, await getThrough(through, ended)))];
    }),
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
  ...[4, 13].map(downFor),
  ...[4, 13].map(neverBack),
  ...[5, 12].map(hangs),
  ...[5, 12].map(otherKey),
  ...[3, 12].map(meets),
];
