import { stat } from 'node:fs/promises';
import type { Settings } from './settings.js';

/** Told when nothing names an inventory. */
export const NO_INVENTORY = 'No inventory was named; only localhost is there.';

const SYSTEM = '/etc/ansible/hosts';

/** Inventories when no -i is given: the settings' own, else /etc/ansible/hosts where it is there. */
export const defaultSources = async (settings: Settings): Promise<readonly string[]> => {
  const written = settings.text('inventory');
  if (written) return splitSources(written).map((source) => settings.beside('inventory', source));
  return (await stat(SYSTEM).catch(() => undefined)) ? [SYSTEM] : [];
};

/** One path, `a,b,` as a list of hosts, or paths with commas between, as Ansible reads ANSIBLE_INVENTORY. */
export const splitSources = (text: string): readonly string[] => {
  const parts = text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  const paths = parts.length > 1 && parts.every((part) => part.includes('/') || /\.(?:ya?ml|ini|json)$/.test(part));
  return paths ? parts : [text];
};
