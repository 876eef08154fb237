import type { HostReader, RegistryAnswer, RegistryQuery } from '@ratchet/core';
import { dataIn } from './registry-state.js';

const SYSTEM = 'HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet';
const WINDOWS = 'HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion';
const NAMES = `${SYSTEM}\\Control\\ComputerName`;

interface Signal {
  readonly name: string;
  readonly queries: readonly RegistryQuery[];
  isSet(answers: readonly RegistryAnswer[]): boolean;
}

const keyThere = (name: string, path: string): Signal => ({
  name,
  queries: [{ path }],
  isSet: ([key]) => (key ?? null) !== null,
});

const valueThere = (name: string, path: string, value: string): Signal => ({
  name,
  queries: [{ path, value }],
  isSet: ([key]) => dataIn(key ?? null, value) !== null,
});

const textOf = (key: RegistryAnswer | undefined): string | null => {
  const data = dataIn(key ?? null, 'ComputerName');
  return data !== null && 'text' in data ? data.text.toLowerCase() : null;
};

// windows-facts 6.1. PendingFileRenameOperations is left out: virus scanners and browsers fill it all the time, and a
// restart may not clear it, so that it would ask for restarts for ever.
const SIGNALS: readonly Signal[] = [
  keyThere('servicing', `${WINDOWS}\\Component Based Servicing\\RebootPending`),
  keyThere('servicing in progress', `${WINDOWS}\\Component Based Servicing\\RebootInProgress`),
  keyThere('servicing packages', `${WINDOWS}\\Component Based Servicing\\PackagesPending`),
  keyThere('Windows Update', `${WINDOWS}\\WindowsUpdate\\Auto Update\\RebootRequired`),
  {
    name: 'computer name',
    queries: [
      { path: `${NAMES}\\ActiveComputerName`, value: 'ComputerName' },
      { path: `${NAMES}\\ComputerName`, value: 'ComputerName' },
    ],
    isSet: ([active, next]) => {
      const [now, then] = [textOf(active), textOf(next)];
      return now !== null && then !== null && now !== then;
    },
  },
  valueThere('domain join', `${SYSTEM}\\Services\\Netlogon`, 'JoinDomain'),
  valueThere('domain join', `${SYSTEM}\\Services\\Netlogon`, 'AvoidSpnSet'),
  valueThere('roles and features', 'HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\ServerManager', 'CurrentRebootAttempts'),
];

/** The signs by which Windows says that it waits for a restart, read in one round trip. */
export const pendingSignals = async (host: HostReader): Promise<readonly string[]> => {
  const answers = await host.registry(SIGNALS.flatMap(({ queries }) => queries));
  let at = 0;
  const set = SIGNALS.filter(({ queries, isSet }) => {
    const own = answers.slice(at, at + queries.length);
    at += queries.length;
    return isSet(own);
  });
  return [...new Set(set.map(({ name }) => name))];
};
