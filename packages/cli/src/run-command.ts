import { userInfo } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { type Dict, RatchetError, RatchetErrors, type Secrets, type StampedEvent, worstExitCode } from '@ratchet/core';
import { type Inventory, loadInventory, readLimit } from '@ratchet/inventory';
import { catalogue, takeBack } from '@ratchet/modules';
import { type LoadOptions, loadPlaybook, type Playbook, readVarsFile, reservedNameWarnings } from '@ratchet/playbook';
import type { Renderer, RendererOptions } from '@ratchet/report';
import { type FactCache, pruneRuns, type ResumeOptions, type RunOptions, runPlaybooks } from '@ratchet/runner';
import { knock, localFiles } from '@ratchet/transport';
import { backupFile } from '@ratchet/windows';
import { askPassword, type PromptInput } from './ask-password.js';
import { chooseRenderer, type Screen } from './choose-renderer.js';
import { collectExtraVars } from './extra-vars.js';
import { cachePlaceOf, factCacheFiles, flushFacts } from './fact-cache-files.js';
import { findProgram } from './find-program.js';
import { defaultSources, NO_INVENTORY } from './inventory-sources.js';
import { listPlaybooks } from './list-playbooks.js';
import { connectionDefaults, hostOpener, loginOf } from './open-host.js';
import { rollbackTargets } from './rollback-targets.js';
import type { RunFlags } from './run-flags.js';
import { type RunStart, recordedStart, refuseMissingSecrets, runStart } from './run-start.js';
import { addSecretVariables } from './secret-variables.js';
import { readSettings, type Settings } from './settings.js';
import { gatheringOf, lookOf, withSettings } from './settings-flags.js';
import { sourceOptions } from './source-options.js';
import { startingAt } from './start-at-task.js';
import { askSecret, openVaults, passwordFrom } from './vault-passwords.js';
import { readVersion } from './version.js';

/** Everything of the outside world that the command uses. */
export interface RunSurroundings {
  readonly stdin: PromptInput;
  readonly stdout: Screen;
  readonly stderr: Screen;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly secrets: Secrets;
  readonly signal: AbortSignal;
  /** The folder that `.ratchet` is made in. */
  readonly cwd: string;
}

const NO_HOST_EXIT = 1;
const DEFAULT_FORKS = 5;

/** The SSH password that the flags ask for. */
export const passwordOf = async (flags: RunFlags, around: RunSurroundings): Promise<string | undefined> => {
  if (flags.askPass) return askSecret('SSH password: ', around);
  return flags.connectionPasswordFile === undefined
    ? undefined
    : passwordFrom(flags.connectionPasswordFile, around.secrets);
};

/** The playbooks from --start-at-task on, with --force-handlers. */
const chosenTasks = (playbooks: readonly Playbook[], flags: RunFlags): readonly Playbook[] => {
  const from = flags.startAtTask === undefined ? playbooks : startingAt(playbooks, flags.startAtTask, flags);
  if (!flags.forceHandlers) return from;
  return from.map((one) => ({ ...one, plays: one.plays.map((play) => ({ ...play, forceHandlers: true })) }));
};

const loadOptions = (
  flags: RunFlags,
  settings: Settings,
  reading: Pick<LoadOptions, 'decrypt' | 'duplicateKey'>,
  extraVars: Dict,
): LoadOptions => ({
  catalogue,
  rolesPath: settings.list('rolesPath'),
  collectionsPath: settings.list('collectionsPath'),
  ...reading,
  extraVars,
  tags: flags.tags,
  skipTags: flags.skipTags,
});

/** Loads all playbooks; the static errors of all of them come together. */
const loadPlaybooks = async (flags: RunFlags, options: LoadOptions): Promise<Playbook[]> => {
  const errors: RatchetError[] = [];
  const loaded: Playbook[] = [];
  for (const path of flags.playbooks) {
    try {
      loaded.push(await loadPlaybook(path, options));
    } catch (thrown) {
      if (thrown instanceof RatchetErrors) errors.push(...thrown.errors);
      else if (thrown instanceof RatchetError) errors.push(thrown);
      else throw thrown;
    }
  }
  if (errors.length > 0) throw new RatchetErrors(errors);
  return loaded;
};

/** The facts that settings keep between runs; `--flush-cache` forgets those of the inventory's hosts. */
const openFactCache = async (
  settings: Settings,
  flags: RunFlags,
  inventory: Inventory,
  around: RunSurroundings,
): Promise<FactCache | undefined> => {
  const place = cachePlaceOf(settings);
  if (place === undefined) return undefined;
  if ('warning' in place) {
    around.stderr.write(`[WARNING]: ${place.warning}\n`);
    return undefined;
  }
  const cache = factCacheFiles(place, () => Date.now());
  if (flags.flushCache) await flushFacts(cache, inventory.hosts.keys());
  return cache;
};

/** Makes passwords of the inventory and of `-e` known as secrets. */
export const learnSecrets = (secrets: Secrets, inventory: Inventory, extraVars: Dict): void => {
  addSecretVariables(secrets, (name) => extraVars.get(name));
  for (const host of inventory.hosts.keys()) {
    const vars = inventory.varsOf(host);
    addSecretVariables(secrets, (name) => vars.get(name));
  }
};

const refuseWhenAborted = (signal: AbortSignal): void => {
  if (signal.aborted) throw new RatchetError('interrupted', 'The run was interrupted before it began.');
};

/** With `--strict` a play that matched no host ends the run with 1. */
const strictEvents = (strict: boolean) => {
  let unmatched = false;
  return {
    exitCode: (code: number): number => (strict && unmatched ? worstExitCode([code, NO_HOST_EXIT]) : code),
    see(event: StampedEvent): StampedEvent {
      if (event.type === 'no_hosts') unmatched = true;
      return event.type === 'run_finished' ? { ...event, exitCode: this.exitCode(event.exitCode) } : event;
    },
  };
};

/** What makes a run another command's: it goes on with one, or has a playbook of the program's own. */
export interface RunVariation {
  readonly resume?: ResumeOptions;
  /** The run that is taken back. */
  readonly rollback?: { readonly run: string; readonly force: boolean };
  readonly playbooks?: (options: LoadOptions) => Promise<readonly Playbook[]>;
  /** The folder that group_vars are looked for in, where no playbook says it. */
  readonly playbookDir?: string;
  /** What stands in the place of plain and live output. */
  readonly plain?: (options: RendererOptions) => Renderer;
  /** What `--list-hosts` prints, where it is not of plays. */
  readonly hostList?: (inventory: Inventory, limit: string | undefined) => string;
  /** Plays that run before them. */
  readonly prelude?: () => Promise<Playbook>;
  /** The plan that is applied, and how it was begun. */
  readonly approved?: NonNullable<RunOptions['approved']>;
  readonly start?: RunStart;
  readonly planning?: boolean;
  readonly intoFolder?: NonNullable<RunOptions['intoFolder']>;
  readonly see?: (event: StampedEvent) => void;
  /** For the benchmark alone: no flag, setting or variable of the environment leads here. */
  readonly openJournal?: NonNullable<RunOptions['openJournal']>;
}

/** Runs playbooks as the flags say, or goes on with a run that began so, and gives the exit code. Throws RatchetError(s) for what stops it before or within. */
export const runCommand = async (
  asked: RunFlags,
  around: RunSurroundings,
  variation: RunVariation = {},
): Promise<number> => {
  const { resume, rollback, playbooks: own, approved } = variation;
  const { secrets, env, signal } = around;
  const settings = await readSettings(env, around.cwd);
  for (const warning of settings.warnings) around.stderr.write(`[WARNING]: ${warning}\n`);
  const flags = withSettings(asked, settings);
  const gathering = gatheringOf(settings);
  const sources = flags.inventory.length > 0 ? flags.inventory : await defaultSources(settings);
  const password = await passwordOf(flags, around);
  const decrypt = await openVaults(flags, around);
  const extraVars = await collectExtraVars(flags.extraVars, decrypt);
  const playbookDir = variation.playbookDir ?? dirname(flags.playbooks[0] ?? '.');
  const reading = { decrypt, ...sourceOptions(settings, (text) => around.stderr.write(text)) };
  const reload = () => loadInventory(sources, { ...reading, playbookDir });
  const inventory = await reload();
  const warned = new Set<string>();
  const warn = (): void => {
    for (const warning of inventory.warnings.filter((one) => !warned.has(one)))
      around.stderr.write(`[WARNING]: ${warning}\n`);
    for (const warning of inventory.warnings) warned.add(warning);
  };
  warn();
  const factCache = await openFactCache(settings, flags, inventory, around);
  if (sources.length === 0) around.stderr.write(`[WARNING]: ${NO_INVENTORY}\n`);
  learnSecrets(secrets, inventory, extraVars);
  const loading = loadOptions(flags, settings, reading, extraVars);
  const playbooks = own ? await own(loading) : chosenTasks(await loadPlaybooks(flags, loading), flags);
  const plays = playbooks.flatMap((playbook) => playbook.plays);
  for (const warning of reservedNameWarnings(plays, extraVars.keys())) around.stderr.write(`[WARNING]: ${warning}\n`);
  const limit = flags.limit === undefined ? undefined : await readLimit(flags.limit);
  if (flags.listings.length > 0) {
    const listed = () => listPlaybooks(playbooks, flags.listings, inventory, limit, flags, extraVars);
    around.stdout.write(variation.hostList?.(inventory, limit) ?? listed());
    warn();
    return 0;
  }
  const limited = limit === undefined ? undefined : inventory.match(limit);
  // Patterns of the limit that match nothing.
  warn();
  if (limited?.length === 0)
    throw new RatchetError('limit-invalid', `No host of the inventory matches the limit ${flags.limit}.`, {
      hint: '"ratchet inventory --graph" shows all groups and hosts.',
    });
  const start = resume
    ? recordedStart(resume.recorded.events)
    : (variation.start ?? (await runStart(flags, around.cwd, decrypt, secrets)));
  if (resume || variation.start) await refuseMissingSecrets(start, flags.extraVars, decrypt);
  const prelude = await variation.prelude?.();
  refuseWhenAborted(signal);
  const runsFolder = join(around.cwd, '.ratchet', 'runs');
  const renderer = chooseRenderer(flags, around, env, secrets, lookOf(settings), variation.plain);
  const strict = strictEvents(flags.strict);
  const defaults = connectionDefaults(flags, settings);
  const reconnectSeconds = settings.whole('reconnectTimeout');
  const transport = {
    user: flags.user,
    password,
    privateKey: flags.privateKey,
    timeoutSeconds: flags.timeout,
    commonArgs: flags.sshCommonArgs,
    extraArgs: flags.sshExtraArgs,
  };
  try {
    const summary = await runPlaybooks({
      playbooks,
      inventory,
      reloadInventory: reload,
      ...(limit === undefined ? {} : { limit }),
      tags: [...flags.tags],
      skipTags: [...flags.skipTags],
      extraVars,
      check: flags.check,
      diff: flags.diff,
      forks: flags.forks ?? DEFAULT_FORKS,
      verbosity: flags.verbosity,
      ...(reconnectSeconds === undefined ? {} : { reconnectSeconds }),
      connect: hostOpener(transport, defaults, secrets),
      ...(flags.user === undefined ? {} : { remoteUser: flags.user }),
      become: {
        wanted: flags.become,
        ...(flags.becomeUser === undefined ? {} : { user: flags.becomeUser }),
        ...(flags.becomeMethod === undefined ? {} : { method: flags.becomeMethod }),
      },
      login: loginOf(transport, defaults, userInfo().username),
      native: settings.flag('jinja2Native') !== false,
      anyConditions: settings.flag('anyConditions') === true,
      ...(gathering === undefined ? {} : { gathering }),
      ...(factCache ? { factCache } : {}),
      ...(settings.configFile === undefined ? {} : { configFile: settings.configFile }),
      playbookPython: () => findProgram(['python3', 'python', 'python.exe'], env['PATH']),
      inventorySources: sources.map((source) => (source.includes(',') ? source : resolve(around.cwd, source))),
      catalogue,
      controllerFiles: localFiles('localhost'),
      knock,
      ...(around.stdin.isTTY
        ? { ask: (question: string, echo: boolean) => askPassword(question, around.stdin, around.stderr, echo) }
        : {}),
      backup: backupFile,
      takeBack: async (host, intents, { folder, salt }) =>
        takeBack(new Map([[host, await rollbackTargets(intents, folder, salt)]])),
      loadVars: (path) => readVarsFile(path, reading),
      secrets,
      runsFolder,
      ...(variation.openJournal ? { openJournal: variation.openJournal } : {}),
      start: { ...start, ...(rollback ? { force: rollback.force } : {}) },
      ...(resume ? { resume } : {}),
      ...(approved ? { approved } : {}),
      ...(prelude ? { prelude } : {}),
      ...(variation.planning ? { planning: true } : {}),
      ...(variation.intoFolder ? { intoFolder: variation.intoFolder } : {}),
      ...(rollback === undefined ? {} : { rollback: rollback.run }),
      onEvent: (event) => {
        variation.see?.(event);
        // Patterns of a play that match nothing.
        if (event.type === 'no_hosts' || event.type === 'play_started') warn();
        renderer.handle(strict.see(event));
      },
      signal,
      user: userInfo().username,
      version: readVersion(),
    });
    await pruneRuns(runsFolder, new Date());
    return strict.exitCode(summary.exitCode);
  } finally {
    await renderer.finish();
  }
};
