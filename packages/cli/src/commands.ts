import type { RunSurroundings } from './run-command.js';
import type { ShellCommand } from './shell.js';

/** Every command by its name. Each loads what it needs when it is asked for, so that `--help` needs nothing. */
export const COMMANDS: Readonly<Record<string, () => Promise<ShellCommand>>> = {
  run: async () => {
    const { parseRunFlags } = await import('./run-flags.js');
    return (args) => {
      const flags = parseRunFlags(args);
      if ('help' in flags) return flags;
      const { verbosity } = flags;
      return { verbosity, run: async (around) => (await import('./run-command.js')).runCommand(flags, around) };
    };
  },
  inventory: async () => {
    const { parseInventoryFlags } = await import('./inventory-flags.js');
    return (args) => {
      const flags = parseInventoryFlags(args);
      if ('help' in flags) return flags;
      const { verbosity } = flags;
      return {
        verbosity,
        run: async (around) => (await import('./inventory-command.js')).inventoryCommand(flags, around),
      };
    };
  },
  adhoc: async () => {
    const { parseAdhocFlags } = await import('./adhoc-flags.js');
    return (args) => {
      const flags = parseAdhocFlags(args);
      if ('help' in flags) return flags;
      const { verbosity } = flags.run;
      return { verbosity, run: async (around) => (await import('./adhoc-command.js')).adhocCommand(flags, around) };
    };
  },
  vault: async () => {
    const { parseVaultFlags } = await import('./vault-flags.js');
    return (args) => {
      const flags = parseVaultFlags(args);
      if ('help' in flags) return flags;
      const { verbosity } = flags;
      return { verbosity, run: async (around) => (await import('./vault-command.js')).vaultCommand(flags, around) };
    };
  },
  resume: async () => {
    const { parseResumeFlags } = await import('./resume-flags.js');
    return (args) => {
      const flags = parseResumeFlags(args);
      if ('help' in flags) return flags;
      const { verbosity } = flags;
      return { verbosity, run: async (around) => (await import('./resume-command.js')).resumeCommand(flags, around) };
    };
  },
  plan: async () => {
    const { parsePlanFlags } = await import('./plan-flags.js');
    return (args) => {
      const flags = parsePlanFlags(args);
      if ('help' in flags) return flags;
      const run = async (around: RunSurroundings) => (await import('./plan-command.js')).planCommand(flags, around);
      return { verbosity: flags.run.verbosity, run };
    };
  },
  apply: async () => {
    const { parseApplyFlags } = await import('./plan-flags.js');
    return (args) => {
      const flags = parseApplyFlags(args);
      if ('help' in flags) return flags;
      const { verbosity } = flags;
      const run = async (around: RunSurroundings) => (await import('./plan-command.js')).applyCommand(flags, around);
      return { verbosity, run };
    };
  },
  rollback: async () => {
    const { parseRollbackFlags } = await import('./rollback-flags.js');
    return (args) => {
      const flags = parseRollbackFlags(args);
      if ('help' in flags) return flags;
      const { verbosity } = flags;
      const run = async (around: RunSurroundings) =>
        (await import('./rollback-command.js')).rollbackCommand(flags, around);
      return { verbosity, run };
    };
  },
  unlock: async () => {
    const { parseUnlockFlags, unlockCommand } = await import('./unlock-command.js');
    return (args) => {
      const flags = parseUnlockFlags(args);
      if ('help' in flags) return flags;
      return { verbosity: flags.run.verbosity, run: (around) => unlockCommand(flags, around) };
    };
  },
  runs: async () => {
    const { parseRunsFlags } = await import('./runs-flags.js');
    return (args) => {
      const flags = parseRunsFlags(args);
      if ('help' in flags) return flags;
      return { verbosity: 0, run: async (around) => (await import('./runs-command.js')).runsCommand(flags, around) };
    };
  },
};
