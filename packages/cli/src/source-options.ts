import { placeName, RatchetError } from '@ratchet/core';
import type { GroupNames, InventoryOptions } from '@ratchet/inventory';
import type { Settings } from './settings.js';

type Reading = Pick<InventoryOptions, 'duplicateKey' | 'groupNames'>;

const GROUP_NAMES: readonly GroupNames[] = ['never', 'always', 'ignore', 'silently'];
const DUPLICATES = ['error', 'warn', 'ignore'];

const chosen = <T extends string>(setting: string, written: string | undefined, known: readonly T[]): T | undefined => {
  if (written === undefined) return undefined;
  const found = known.find((one) => one === written);
  if (found !== undefined) return found;
  throw new RatchetError('option-invalid', `${setting} = ${written} is not known: write ${known.join(', ')}.`);
};

const asWarning = ({ message, place }: RatchetError): string =>
  `[WARNING]: ${message} The last one counts.${place?.at === 'source' ? ` (${placeName(place.position)})` : ''}\n`;

/**
 * How the settings want playbooks and inventories read: `duplicate_dict_key` (an error unless told, where Ansible warns) and
 * `force_valid_group_names`. `warn` takes what is told of keys. Throws `option-invalid` for a value that is not known.
 */
export const sourceOptions = (settings: Settings, warn: (text: string) => void): Reading => {
  const duplicates = chosen('duplicate_dict_key', settings.text('duplicateKeys'), DUPLICATES);
  const groupNames = chosen('force_valid_group_names', settings.text('groupNames'), GROUP_NAMES);
  return {
    ...(duplicates === 'warn' ? { duplicateKey: (fault: RatchetError) => warn(asWarning(fault)) } : {}),
    ...(duplicates === 'ignore' ? { duplicateKey: () => undefined } : {}),
    ...(groupNames === undefined ? {} : { groupNames }),
  };
};
