import type { OutputKind, RunFlags } from './run-flags.js';
import type { Settings } from './settings.js';
import { usageError } from './show-failure.js';
import type { VaultSources } from './vault-passwords.js';

const CALLBACKS: Readonly<Record<string, OutputKind>> = {
  default: 'plain',
  minimal: 'plain',
  yaml: 'plain',
  json: 'json',
};

const outputOf = (settings: Settings): OutputKind | undefined => {
  const named = settings.text('stdoutCallback')?.replace(/^ansible\.(?:builtin|posix)\./, '');
  if (named === undefined) return undefined;
  const known = Object.hasOwn(CALLBACKS, named) ? CALLBACKS[named] : undefined;
  if (!known) throw usageError(`stdout_callback = ${named} is not known: write ${Object.keys(CALLBACKS).join(', ')}.`);
  return known;
};

const GATHERING = ['implicit', 'explicit', 'smart'] as const;

/** Whose facts are gathered without being asked for. Throws a usage error for another word. */
export const gatheringOf = (settings: Settings): (typeof GATHERING)[number] | undefined => {
  const named = settings.text('gathering');
  const known = GATHERING.find((one) => one === named);
  if (named !== undefined && !known)
    throw usageError(`gathering = ${named} is not known: write ${GATHERING.join(', ')}.`);
  return known;
};

/** What settings say of how results look. */
export const lookOf = (settings: Settings): { readonly customStats: boolean; readonly diffContext?: number } => {
  const context = settings.whole('diffContext');
  return {
    customStats: settings.flag('showCustomStats') === true,
    ...(context === undefined ? {} : { diffContext: context }),
  };
};

const listed = (flags: readonly string[], settings: readonly string[]): readonly string[] =>
  flags.length > 0 ? flags : settings;

const given = (name: keyof RunFlags, value: unknown): object => (value === undefined ? {} : { [name]: value });

/** Where vault passwords come from: flags, else settings. */
export const vaultSources = (flags: VaultSources, settings: Settings): VaultSources => {
  const file = settings.path('vaultPasswordFile');
  return {
    askVaultPass: flags.askVaultPass,
    vaultIds: listed(flags.vaultIds, settings.list('vaultIdentityList')),
    vaultPasswordFiles: listed(flags.vaultPasswordFiles, file === undefined || flags.askVaultPass ? [] : [file]),
  };
};

/** The flags with the settings' values where no flag was given. Throws as reading a setting does, and a usage error for an unknown callback. */
export const withSettings = (flags: RunFlags, settings: Settings): RunFlags => ({
  ...given('forks', settings.whole('forks')),
  ...given('timeout', settings.whole('timeout')),
  ...given('user', settings.text('remoteUser')),
  ...given('privateKey', settings.path('privateKeyFile')),
  ...given('connectionPasswordFile', settings.path('connectionPasswordFile')),
  ...given('sshCommonArgs', settings.text('sshCommonArgs')),
  ...given('sshExtraArgs', settings.text('sshExtraArgs')),
  ...given('connection', settings.text('transport')),
  ...given('becomeMethod', settings.text('becomeMethod')),
  ...given('becomeUser', settings.text('becomeUser')),
  ...given('output', outputOf(settings)),
  ...flags,
  tags: listed(flags.tags, settings.list('runTags')),
  skipTags: listed(flags.skipTags, settings.list('skipTags')),
  ...vaultSources(flags, settings),
  become: flags.become || settings.flag('become') === true,
  diff: flags.diff || settings.flag('diffAlways') === true,
  forceHandlers: flags.forceHandlers || settings.flag('forceHandlers') === true,
});
