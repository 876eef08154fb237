import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Plain, RatchetError, Secrets, toPlain } from '@ratchet/core';
import { loadInventory } from '@ratchet/inventory';
import { hostOpener } from '../open-host.js';
import { eventsOf, type RunOutput } from './ratchet-run.js';

/** The `.reg` backups of a run, newest first. */
export const backupsOf = async (cwd: string, run: RunOutput): Promise<readonly Buffer[]> => {
  const started = eventsOf(run).find((event) => event.type === 'run_started');
  const folder = join(cwd, '.ratchet', 'runs', started?.type === 'run_started' ? started.run : 'none');
  const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.reg')).sort();
  return Promise.all(names.reverse().map((name) => readFile(join(folder, name))));
};

/** The keys that backups say the run created, folded, sorted. */
export const createdKeys = (backups: readonly Buffer[]): readonly string[] => {
  const listed = backups.flatMap((bytes) =>
    [...bytes.toString('utf16le').matchAll(/^; created by the run: (.*) \(not removed by the import\)\r$/gm)].map(
      (match) => (match[1] ?? '').toLowerCase(),
    ),
  );
  return [...new Set(listed)].sort();
};

/** Imports `.reg` files with the host's own reg.exe, as an administrator would. */
export const importOn = async (inventory: string, host: string, files: readonly Buffer[]): Promise<void> => {
  const found = await loadInventory([inventory], {});
  const vars = toPlain(found.varsOf(host)) as Readonly<Record<string, Plain>>;
  const opened = hostOpener({}, {}, new Secrets())(host, vars, '.');
  try {
    for (const [index, bytes] of files.entries()) {
      const name = `restore-${index}.reg`;
      await opened.connection.files.write(name, bytes);
      const { rc } = await opened.run(`reg import ${name} /reg:64`);
      if (rc !== 0) throw new RatchetError('command-failed', `reg import of backup ${index} ended with ${rc}`);
      await opened.connection.files.remove(name);
    }
  } finally {
    await opened.close();
  }
};
