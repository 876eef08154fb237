import type {
  Connection,
  HostKeep,
  HostWriter,
  ReadingHabit,
  RegistryAnswer,
  RegistryFinding,
  RegistryQuery,
  WindowsVersion,
} from '@ratchet/core';
import { askAlone, readBootMarker } from './boot-marker.js';
import { windowsKeep } from './host-keep.js';
import { PowerShellSession } from './powershell-session.js';
import { RegistrySession } from './registry-session.js';
import { ScriptSession } from './script-session.js';
import { windowsFiles } from './windows-files.js';
import {
  ARCHITECTURE_LINE,
  architectureIn,
  architectureOf,
  CURRENT_VERSION,
  ENVIRONMENT,
  versionFrom,
} from './windows-values.js';

/**
 * A Windows host over a connection. See HostReader for what goes to the host together. `endSessions` ends what is kept running
 * on it from task to task; the next task that needs it starts it again.
 */
export const windowsHost = (
  connection: Connection,
): HostWriter & { endSessions(): Promise<void>; readonly keep: HostKeep; habit: ReadingHabit | undefined } => {
  const session = new ScriptSession(connection);
  const powershell = new PowerShellSession(session);
  const keys = new RegistrySession(session);
  let version: Promise<WindowsVersion> | undefined;

  const lookUp = (queries: readonly RegistryQuery[]): Promise<readonly RegistryFinding[]> =>
    Promise.all(queries.map((query) => keys.read(query)));
  const registry = async (queries: readonly RegistryQuery[]): Promise<readonly RegistryAnswer[]> =>
    (await lookUp(queries)).map(({ key }) => key);

  const readArchitecture = async (): Promise<string> => {
    const [environment] = await registry([{ path: ENVIRONMENT, value: 'PROCESSOR_ARCHITECTURE' }]);
    return architectureOf(environment);
  };

  const readVersion = async (): Promise<WindowsVersion> => {
    const [printed, [current]] = await Promise.all([
      keys.aside([ARCHITECTURE_LINE]),
      registry([{ path: CURRENT_VERSION, value: 'CurrentBuild' }]),
    ]);
    const architecture = architectureIn(printed[0]?.text ?? '') || (await readArchitecture());
    return versionFrom(architecture, current, session.place);
  };

  return {
    name: connection.host,
    keep: windowsKeep(session),
    get habit() {
      return session.takesLines === false ? 'shell' : keys.habit;
    },
    set habit(habit) {
      if (habit === 'shell') session.takesLines = false;
      else keys.habit = habit;
    },
    connection,
    files: windowsFiles(session),
    registry,
    lookUp,
    windows: () => {
      version ??= readVersion();
      // A failure is not kept: the next call asks again.
      version.catch(() => {
        version = undefined;
      });
      return version;
    },
    bootMarker: (options, against) =>
      readBootMarker(session, options ? askAlone(session, options) : (lines) => keys.aside(lines), against),
    query: (command, options) => session.run(command, options),
    run: (command, options) => session.run(command, options),
    writeRegistry: (writes) => keys.write(writes),
    powershell: (script, options) => powershell.run(script, options),
    endSessions: () => powershell.close(),
  };
};
