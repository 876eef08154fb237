import { stat, writeFile } from 'node:fs/promises';
import { didYouMean, RatchetError } from '@ratchet/core';
import { type Inventory, loadInventory, readLimit } from '@ratchet/inventory';
import { collectExtraVars, type Decrypt } from './extra-vars.js';
import type { InventoryFlags } from './inventory-flags.js';
import { defaultSources, NO_INVENTORY } from './inventory-sources.js';
import { graphView, type InventoryView, listView, shownVars, treeView } from './inventory-views.js';
import { jsonParts } from './json-text.js';
import type { RunSurroundings } from './run-command.js';
import { readSettings } from './settings.js';
import { vaultSources } from './settings-flags.js';
import { sourceOptions } from './source-options.js';
import { openVaults } from './vault-passwords.js';
import { yamlText } from './yaml-text.js';

/** Whole files are opened; a text that stands encrypted in one is told as it stands, as ansible-inventory does. */
const keepingSealed =
  (decrypt: Decrypt): Decrypt =>
  (ciphertext, position) =>
    position.file.text.startsWith('$ANSIBLE_VAULT;') ? decrypt(ciphertext, position) : ciphertext;

const hostAnswer = (view: InventoryView, name: string): Parameters<typeof jsonParts>[0] => {
  const hosts = view.inventory.match(name);
  const [host] = hosts;
  if (hosts.length !== 1 || host === undefined)
    throw new RatchetError(
      'option-invalid',
      `--host takes the name of one host; "${name}" stands for ${hosts.length}.`,
      {
        hint: didYouMean(name, view.inventory.hosts.keys()),
      },
    );
  return shownVars(view, host);
};

const refuseUnknownGroup = ({ inventory }: InventoryView, name: string): void => {
  if (inventory.groups.has(name)) return;
  throw new RatchetError('option-invalid', `--graph takes the name of a group; there is no group "${name}".`, {
    hint: didYouMean(name, inventory.groups.keys()),
  });
};

const answer = (view: InventoryView, flags: InventoryFlags): readonly string[] => {
  if (flags.action === 'graph') {
    const top = flags.name ?? 'all';
    refuseUnknownGroup(view, top);
    return [`${graphView(view, top, flags.vars).join('\n')}\n`];
  }
  const value =
    flags.action === 'host' ? hostAnswer(view, flags.name ?? '') : flags.yaml ? treeView(view) : listView(view);
  return flags.yaml ? [yamlText(value)] : jsonParts(value);
};

const refuseMissingFolder = async (folder: string | undefined): Promise<void> => {
  if (folder === undefined || (await stat(folder).catch(() => undefined))?.isDirectory()) return;
  throw new RatchetError('file-not-found', `There is no folder ${folder} (--playbook-dir).`);
};

/** Answers as ansible-inventory does and gives the exit code. Throws as reading the inventory does, and `option-invalid`. */
export const inventoryCommand = async (flags: InventoryFlags, around: RunSurroundings): Promise<number> => {
  const settings = await readSettings(around.env, around.cwd);
  for (const warning of settings.warnings) around.stderr.write(`[WARNING]: ${warning}\n`);
  const sources = flags.inventory.length > 0 ? flags.inventory : await defaultSources(settings);
  await refuseMissingFolder(flags.playbookDir);
  const decrypt = keepingSealed(await openVaults(vaultSources(flags, settings), around));
  const extraVars = await collectExtraVars(flags.extraVars, decrypt);
  const playbookDir = flags.playbookDir ?? around.cwd;
  const inventory: Inventory = await loadInventory(sources, {
    decrypt,
    playbookDir,
    ...sourceOptions(settings, (text) => around.stderr.write(text)),
  });
  if (sources.length === 0) around.stderr.write(`[WARNING]: ${NO_INVENTORY}\n`);
  const limited = flags.limit === undefined ? undefined : inventory.match(await readLimit(flags.limit));
  const shown = new Set(limited ?? inventory.hosts.keys());
  const parts = answer({ inventory, exported: flags.exported, extraVars, shown }, flags);
  for (const warning of inventory.warnings) around.stderr.write(`[WARNING]: ${warning}\n`);
  if (flags.outputFile !== undefined) await writeFile(flags.outputFile, parts);
  else for (const part of parts) around.stdout.write(part);
  return 0;
};
