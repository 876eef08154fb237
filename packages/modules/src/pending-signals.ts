import type { HostReader, RegistryAnswer, RegistryData, RegistryQuery } from '@ratchet/core';
import { dataIn } from './registry-state.js';

const SYSTEM = 'HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet';
const WINDOWS = 'HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion';
const NAMES = `${SYSTEM}\\Control\\ComputerName`;

/** How far a signal may be believed (windows-facts 6.1); a `low` one alone never causes a restart. */
export type Trust = 'high' | 'medium' | 'low';

/** A sign by which Windows says that it waits for a restart. */
export interface PendingSignal {
  readonly name: string;
  readonly trust: Trust;
}

interface Signal extends PendingSignal {
  readonly queries: readonly RegistryQuery[];
  isSet(answers: readonly RegistryAnswer[]): boolean;
}

const keyThere = (name: string, trust: Trust, path: string): Signal => ({
  name,
  trust,
  queries: [{ path }],
  isSet: ([key]) => (key ?? null) !== null,
});

const isZero = (data: RegistryData): boolean => 'number' in data && BigInt(data.number) === 0n;
const isEmpty = (data: RegistryData): boolean =>
  'items' in data ? data.items.every((item) => item === '') : 'hex' in data && data.hex === '';

/** A value that is there, and by `means` stands for something. */
const valueThere = (
  name: string,
  trust: Trust,
  path: string,
  value: string,
  means: (data: RegistryData) => boolean = () => true,
): Signal => ({
  name,
  trust,
  queries: [{ path, value }],
  isSet: ([key]) => {
    const data = dataIn(key ?? null, value);
    return data !== null && means(data);
  },
});

const textOf = (key: RegistryAnswer | undefined): string | null => {
  const data = dataIn(key ?? null, 'ComputerName');
  return data !== null && 'text' in data ? data.text.toLowerCase() : null;
};

const SERVICING = `${WINDOWS}\\Component Based Servicing`;
const UPDATE = `${WINDOWS}\\WindowsUpdate`;
const MANAGER = 'HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\ServerManager';
const NETLOGON = `${SYSTEM}\\Services\\Netlogon`;

// windows-facts 6.1. Printers, virus scanners and browsers fill PendingFileRenameOperations all the time, and a restart may not clear it.
const SIGNALS: readonly Signal[] = [
  keyThere('servicing', 'high', `${SERVICING}\\RebootPending`),
  keyThere('servicing in progress', 'medium', `${SERVICING}\\RebootInProgress`),
  keyThere('servicing packages', 'medium', `${SERVICING}\\PackagesPending`),
  keyThere('Windows Update', 'high', `${UPDATE}\\Auto Update\\RebootRequired`),
  keyThere('Windows Update report', 'medium', `${UPDATE}\\Auto Update\\PostRebootReporting`),
  {
    name: 'Windows Update services',
    trust: 'medium',
    queries: [{ path: `${UPDATE}\\Services\\Pending` }],
    isSet: ([key]) => (key?.subkeys.length ?? 0) > 0,
  },
  {
    name: 'computer name',
    trust: 'high',
    queries: [
      { path: `${NAMES}\\ActiveComputerName`, value: 'ComputerName' },
      { path: `${NAMES}\\ComputerName`, value: 'ComputerName' },
    ],
    isSet: ([active, next]) => {
      const [now, then] = [textOf(active), textOf(next)];
      return now !== null && then !== null && now !== then;
    },
  },
  valueThere('domain join', 'high', NETLOGON, 'JoinDomain'),
  valueThere('domain join', 'high', NETLOGON, 'AvoidSpnSet'),
  valueThere('roles and features', 'medium', MANAGER, 'CurrentRebootAttempts'),
  valueThere(
    'server components',
    'medium',
    `${MANAGER}\\ServicingStorage\\ServerComponentCache`,
    'RestartRequired',
    (data) => !isZero(data),
  ),
  valueThere(
    'update.exe',
    'medium',
    'HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Updates',
    'UpdateExeVolatile',
    (data) => !isZero(data),
  ),
  valueThere('DVD restart', 'low', `${WINDOWS}\\RunOnce`, 'DVDRebootSignal'),
  ...['PendingFileRenameOperations', 'PendingFileRenameOperations2'].map((value) =>
    valueThere('file renames', 'low', `${SYSTEM}\\Control\\Session Manager`, value, (data) => !isEmpty(data)),
  ),
];

/** The signs by which Windows says that it waits for a restart, each once, read in one round trip. */
export const pendingSignals = async (host: HostReader): Promise<readonly PendingSignal[]> => {
  const answers = await host.registry(SIGNALS.flatMap(({ queries }) => queries));
  let at = 0;
  const set = SIGNALS.filter(({ queries, isSet }) => {
    const own = answers.slice(at, at + queries.length);
    at += queries.length;
    return isSet(own);
  });
  return [...new Map(set.map(({ name, trust }) => [name, { name, trust }])).values()];
};

/** Whether the signals are enough to restart for. */
export const waitsForRestart = (signals: readonly PendingSignal[]): boolean =>
  signals.some(({ trust }) => trust !== 'low');
