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

/** The version from the keys ENVIRONMENT and CURRENT_VERSION. Errors: `host-output` without architecture or build. */
export const versionFrom = (
  environment: RegistryAnswer | undefined,
  current: RegistryAnswer | undefined,
  place: Place,
): WindowsVersion => {
  const architecture = fieldText(environment, 'PROCESSOR_ARCHITECTURE');
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
