import { didYouMean, type LockHolder, RatchetError } from '@ratchet/core';
import { loadInventory } from '@ratchet/inventory';
import { portOutsidePlay } from '@ratchet/runner';
import { askPassword } from './ask-password.js';
import { collectExtraVars } from './extra-vars.js';
import { defaultSources } from './inventory-sources.js';
import { connectionDefaults, hostOpener } from './open-host.js';
import type { HelpAsked } from './parse-flags.js';
import { learnSecrets, passwordOf, type RunSurroundings } from './run-command.js';
import { parseRunFlags, type RunFlags } from './run-flags.js';
import { readSettings } from './settings.js';
import { withSettings } from './settings-flags.js';
import { usageError } from './show-failure.js';
import { openVaults } from './vault-passwords.js';

/** The flags of `ratchet unlock`. */
export interface UnlockFlags {
  /** How to reach the host: the flags of `ratchet run`. */
  readonly run: RunFlags;
  readonly host: string;
  /** Nobody is asked. */
  readonly yes: boolean;
}

const HELP = `Usage: ratchet unlock HOST [options]

Shows which run has locked a host, and takes the lock away after a confirmation.
Only for a run that is dead: one that lives would go on beside the next one.

Options:
  --yes             do not ask
and those of ratchet run that say how to reach the host: -i, -e, -u, -k, -c,
--private-key, --vault-id, --vault-password-file, -J, -T.
`;

/** Parses the arguments after `ratchet unlock`. Throws `usage` errors; `--help` gives the text instead of flags. */
export const parseUnlockFlags = (args: readonly string[]): UnlockFlags | HelpAsked => {
  if (args.includes('--help') || args.includes('-h')) return { help: HELP };
  const rest = args.filter((arg) => arg !== '--yes');
  if (rest.length === 0) throw usageError('Name the host: ratchet unlock HOST -i INVENTORY.', 'unlock');
  const run = parseRunFlags(rest);
  if ('help' in run) return { help: HELP };
  const [host, ...more] = run.playbooks;
  if (host === undefined || more.length > 0) throw usageError('ratchet unlock takes one host.', 'unlock');
  return { run: { ...run, playbooks: [] }, host, yes: rest.length < args.length };
};

const told = ({ owner, run, since, until, expired }: LockHolder): string =>
  `locked by ${owner}, run ${run}, since ${since}; ${expired ? 'expired' : 'lasts until'} ${until} by the host's clock`;

const isConfirmed = async (flags: UnlockFlags, around: RunSurroundings): Promise<boolean> => {
  if (flags.yes) return true;
  if (!around.stdin.isTTY)
    throw usageError('Nobody can be asked whether to take the lock away: say so with --yes.', 'unlock');
  const answer = await askPassword('Take the lock away? Type yes: ', around.stdin, around.stderr, true);
  return answer.trim().toLowerCase() === 'yes';
};

/** Shows who has locked a host and takes the lock away. 0 when the host is free then; 11 when it was left locked. */
export const unlockCommand = async (flags: UnlockFlags, around: RunSurroundings): Promise<number> => {
  const { secrets, env, cwd } = around;
  const settings = await readSettings(env, cwd);
  const run = withSettings(flags.run, settings);
  const password = await passwordOf(run, around);
  const decrypt = await openVaults(run, around);
  const extraVars = await collectExtraVars(run.extraVars, decrypt);
  const sources = run.inventory.length > 0 ? run.inventory : await defaultSources(settings);
  const inventory = await loadInventory(sources, { decrypt, playbookDir: cwd });
  learnSecrets(secrets, inventory, extraVars);
  if (!inventory.hosts.has(flags.host))
    throw new RatchetError('no-hosts', `The inventory has no host ${flags.host}.`, {
      hint:
        sources.length === 0
          ? 'Name the inventory: -i INVENTORY.'
          : inventory.groups.has(flags.host)
            ? 'That is a group: a lock is taken away from one host at a time.'
            : didYouMean(flags.host, inventory.hosts.keys()),
    });
  const transport = {
    user: run.user,
    password,
    privateKey: run.privateKey,
    timeoutSeconds: run.timeout,
    commonArgs: run.sshCommonArgs,
    extraArgs: run.sshExtraArgs,
  };
  const connect = hostOpener(transport, connectionDefaults(run, settings), secrets);
  const port = portOutsidePlay({ inventory, extraVars, connect, secrets }, flags.host, cwd);
  try {
    const holder = await port.keep?.holder();
    around.stdout.write(`${flags.host}: ${holder ? told(holder) : 'not locked'}\n`);
    if (!holder) return 0;
    if (!(await isConfirmed(flags, around))) return 11;
    await port.keep?.unlock();
    around.stdout.write(`${flags.host}: the lock is taken away\n`);
    return 0;
  } finally {
    await port.close();
  }
};
