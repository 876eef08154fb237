import type {
  Connection,
  HostWriter,
  RegistryAnswer,
  RegistryFinding,
  RegistryQuery,
  WindowsVersion,
} from '@ratchet/core';
import { readBootMarker } from './boot-marker.js';
import { RegistrySession } from './registry-session.js';
import { ScriptSession } from './script-session.js';
import { windowsFiles } from './windows-files.js';
import { CURRENT_VERSION, ENVIRONMENT, versionFrom } from './windows-values.js';

/** A Windows host over a connection. See HostReader for what goes to the host together. */
export const windowsHost = (connection: Connection): HostWriter => {
  const session = new ScriptSession(connection);
  const keys = new RegistrySession(session);
  let version: Promise<WindowsVersion> | undefined;

  const lookUp = (queries: readonly RegistryQuery[]): Promise<readonly RegistryFinding[]> =>
    Promise.all(queries.map((query) => keys.read(query)));
  const registry = async (queries: readonly RegistryQuery[]): Promise<readonly RegistryAnswer[]> =>
    (await lookUp(queries)).map(({ key }) => key);

  const readVersion = async (): Promise<WindowsVersion> => {
    const [environment, current] = await registry([
      { path: ENVIRONMENT, value: 'PROCESSOR_ARCHITECTURE' },
      { path: CURRENT_VERSION, value: 'CurrentBuild' },
    ]);
    return versionFrom(environment, current, session.place);
  };

  return {
    name: connection.host,
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
    bootMarker: (options) => readBootMarker(session, options),
    query: (command, options) => session.run(command, options),
    run: (command, options) => session.run(command, options),
    writeRegistry: (writes) => keys.write(writes),
  };
};
