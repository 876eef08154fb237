import type { Module, ModuleCatalogue } from '@ratchet/core';
import { addHost } from './add-host.js';
import { assert } from './assert.js';
import { blockinfile } from './blockinfile.js';
import { command } from './command.js';
import { copy } from './copy.js';
import { debug } from './debug.js';
import { dotnetTls } from './dotnet-tls.js';
import { fail } from './fail.js';
import { fetch } from './fetch.js';
import { file } from './file.js';
import { find } from './find.js';
import { groupBy } from './group-by.js';
import { includeVars } from './include-vars.js';
import { kbCheck } from './kb-check.js';
import { lineinfile } from './lineinfile.js';
import { pause } from './pause.js';
import { ping } from './ping.js';
import { raw } from './raw.js';
import { reboot } from './reboot.js';
import { registry, winRegedit } from './registry.js';
import { schannelProtocol } from './schannel-protocol.js';
import { script } from './script.js';
import { setFact } from './set-fact.js';
import { setStats } from './set-stats.js';
import { setup } from './setup.js';
import { shell } from './shell.js';
import { slurp } from './slurp.js';
import { sqlTlsCheck } from './sql-tls-check.js';
import { stat } from './stat.js';
import { tempfile } from './tempfile.js';
import { template } from './template.js';
import { validateArgumentSpec } from './validate-argument-spec.js';
import { waitFor } from './wait-for.js';
import { waitForConnection } from './wait-for-connection.js';
import { winCommand } from './win-command.js';
import { winCopy } from './win-copy.js';
import { winFile } from './win-file.js';
import { winPowershell } from './win-powershell.js';
import { winRegStat } from './win-reg-stat.js';
import { winShell } from './win-shell.js';
import { winStat } from './win-stat.js';
import { winTemplate } from './win-template.js';

const MODULES: readonly Module[] = [
  addHost,
  assert,
  command,
  debug,
  dotnetTls,
  fail,
  groupBy,
  includeVars,
  kbCheck,
  reboot,
  registry,
  schannelProtocol,
  setFact,
  setStats,
  setup,
  sqlTlsCheck,
  shell,
  raw,
  ping,
  stat,
  slurp,
  tempfile,
  file,
  copy,
  template,
  fetch,
  script,
  pause,
  waitFor,
  waitForConnection,
  lineinfile,
  blockinfile,
  find,
  validateArgumentSpec,
  winTemplate,
  winCommand,
  winCopy,
  winRegStat,
  winStat,
  winFile,
  winPowershell,
  winRegedit,
  winShell,
];

const byName = new Map(
  MODULES.flatMap((module) => [module.name, ...(module.aliases ?? [])].map((name) => [name, module] as const)),
);

/** Every module, by name, alias and fully qualified name. */
export const catalogue: ModuleCatalogue = {
  find: (name) => byName.get(name),
  names: () => [...byName.keys()],
};
