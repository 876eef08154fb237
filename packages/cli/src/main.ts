#!/usr/bin/env node
// Nothing heavy is imported here: `--version` and `--help` answer before anything else is loaded.
import { USAGE } from './usage.js';
import { readVersion } from './version.js';

// Called as `ratchet-playbook`, `ratchet-inventory`, `ratchet-adhoc` or `ratchet-vault` (also by a link named after Ansible's programs), it is that command.
const called = /[^\\/]*$/.exec(process.argv[1] ?? '')?.[0] ?? '';
const OWN: Readonly<Record<string, string>> = {
  playbook: 'run',
  inventory: 'inventory',
  adhoc: 'adhoc',
  vault: 'vault',
};
const [, name = called === 'ansible' ? 'adhoc' : ''] = /^(?:ratchet|ansible)-(\w+)$/.exec(called) ?? [];
const own = Object.hasOwn(OWN, name) ? [OWN[name] as string] : [];
const given = process.argv.slice(2);
const [command, ...rest] = given[0] === '--version' ? given : [...own, ...given];

/** Ends the process once its output is out: all work is done, and nobody needs to wait for the far ends of closed connections. */
const leave = (exitCode: number): void => {
  process.stdout.write('', () => process.stderr.write('', () => process.exit(exitCode)));
};

const runCommandLine = async (): Promise<void> => {
  const { COMMANDS } = await import('./commands.js');
  const found = command === undefined || !Object.hasOwn(COMMANDS, command) ? undefined : COMMANDS[command];
  if (found) {
    const { runFromShell } = await import('./shell.js');
    leave(await runFromShell(await found(), rest));
  } else {
    const { didYouMean } = await import('@ratchet/core');
    const wrong = command === undefined ? 'A command is missing.' : `There is no command "${command}".`;
    const known = [...Object.keys(COMMANDS), '--help', '--version'];
    const isPlaybook = command !== undefined && /\.ya?ml$/i.test(command);
    const near = command === undefined ? undefined : didYouMean(command, known);
    const hint = isPlaybook ? `A playbook is run with: ratchet run ${command}` : (near ?? 'Try "ratchet --help".');
    process.stderr.write(`ERROR! ${wrong}\n  hint: ${hint}\n`);
    process.exitCode = 2;
  }
};

if (command === '--version') {
  process.stdout.write(`${readVersion()}\n`);
} else if (command === '--help' || command === '-h' || command === 'help') {
  process.stdout.write(USAGE);
} else {
  // Not awaited at the top level, which a CommonJS file cannot; a rejection ends the process as an error that nobody caught.
  void runCommandLine();
}
