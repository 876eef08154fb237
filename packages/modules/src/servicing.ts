import type { HostReader, RegistryAnswer } from '@ratchet/core';
import { RatchetError } from '@ratchet/core';
import type { ServicingPackage } from './kb-verdict.js';
import { isPackageOf } from './kb-verdict.js';
import { dataIn } from './registry-state.js';

/** Component based servicing's list of packages. */
export const PACKAGES =
  'HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Component Based Servicing\\Packages';

/** The list, or that it is denied. */
export const servicing = async (host: HostReader): Promise<RegistryAnswer | 'denied'> => {
  try {
    const [key] = await host.registry([{ path: PACKAGES, tree: true }]);
    return key ?? null;
  } catch (thrown) {
    if (thrown instanceof RatchetError && thrown.code === 'access-denied') return 'denied';
    throw thrown;
  }
};

/** The packages of these updates in the list. */
export const packagesOf = (key: RegistryAnswer, kbs: readonly string[]): readonly ServicingPackage[] =>
  (key?.subkeys ?? []).flatMap((child): ServicingPackage[] => {
    const name = child.path.slice(child.path.lastIndexOf('\\') + 1);
    if (!kbs.some((kb) => isPackageOf(kb, name))) return [];
    const current = dataIn(child, 'CurrentState');
    return [{ name, state: current?.type === 'REG_DWORD' ? current.number : null }];
  });
