import { type Place, RatchetError, type RegistryAnswer, type WindowsVersion } from '@ratchet/core';
import { versionOfBuild } from './windows-version.js';

const SESSION_MANAGER = 'HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\Session Manager';
export const ENVIRONMENT = `${SESSION_MANAGER}\\Environment`;
export const CURRENT_VERSION = 'HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion';

/** A text or number as text; '' for an absent value or any other type. */
const fieldText = (key: RegistryAnswer | undefined, name: string): string => {
  const data = key?.values.find((value) => value.name.toLowerCase() === name.toLowerCase())?.data;
  if (data === undefined) return '';
  if ('text' in data) return data.text;
  return 'number' in data ? String(data.number) : '';
};

/**
 * Prints the architecture without starting a program (WOW64 Implementation Details: a 32-bit process on 64-bit Windows has that of
 * Windows in PROCESSOR_ARCHITEW6432, which other processes do not have).
 */
export const ARCHITECTURE_LINE = 'echo %PROCESSOR_ARCHITECTURE% %PROCESSOR_ARCHITEW6432%';

/** The architecture of Windows in what ARCHITECTURE_LINE printed; '' where the variables are not set. */
export const architectureIn = (printed: string): string => {
  const [own = '', windows = ''] = printed.trim().split(/\s+/);
  return [windows, own].find((word) => /^\w+$/.test(word)) ?? '';
};

/** The architecture in the key ENVIRONMENT, '' without any. */
export const architectureOf = (environment: RegistryAnswer | undefined): string =>
  fieldText(environment, 'PROCESSOR_ARCHITECTURE');

/** The version from the architecture and the key CURRENT_VERSION. Errors: `host-output` without architecture or build. */
export const versionFrom = (
  architecture: string,
  current: RegistryAnswer | undefined,
  place: Place,
): WindowsVersion => {
  if (architecture === '') {
    const message = `${ENVIRONMENT} has no PROCESSOR_ARCHITECTURE, so 32-bit and 64-bit Windows cannot be told apart.`;
    throw new RatchetError('host-output', message, { place });
  }
  const build = Number(fieldText(current, 'CurrentBuild') || Number.NaN);
  if (!Number.isInteger(build))
    throw new RatchetError('host-output', `${CURRENT_VERSION} has no CurrentBuild.`, { place });
  return {
    architecture,
    is64Bit: architecture.toUpperCase() !== 'X86',
    build,
    ubr: Number(fieldText(current, 'UBR') || 0),
    productName: fieldText(current, 'ProductName'),
    version: versionOfBuild(build),
  };
};
