/** How a setting's text is read. */
export type SettingKind = 'text' | 'whole' | 'flag' | 'path' | 'paths' | 'list';

/** A setting that Ratchet honours: where ansible.cfg and the environment have it. */
export interface SettingRow {
  readonly section: string;
  readonly keys: readonly string[];
  readonly env: readonly string[];
  readonly kind: SettingKind;
}

const row = (kind: SettingKind, section: string, keys: string, env: string): SettingRow => ({
  kind,
  section,
  keys: keys.split(' '),
  env: env.split(' ').filter((name) => name !== ''),
});

/** Every setting that counts, by the name under which Ratchet uses it; the names in ratchet.yml are the first keys. */
export const SETTINGS = {
  inventory: row('list', 'defaults', 'inventory', 'ANSIBLE_INVENTORY'),
  forks: row('whole', 'defaults', 'forks', 'ANSIBLE_FORKS'),
  rolesPath: row('paths', 'defaults', 'roles_path', 'ANSIBLE_ROLES_PATH'),
  collectionsPath: row(
    'paths',
    'defaults',
    'collections_path collections_paths',
    'ANSIBLE_COLLECTIONS_PATH ANSIBLE_COLLECTIONS_PATHS',
  ),
  hostKeyChecking: row(
    'flag',
    'defaults',
    'host_key_checking',
    'ANSIBLE_HOST_KEY_CHECKING ANSIBLE_SSH_HOST_KEY_CHECKING',
  ),
  timeout: row('whole', 'defaults', 'timeout', 'ANSIBLE_TIMEOUT'),
  reconnectTimeout: row('whole', 'defaults', 'reconnect_timeout', 'RATCHET_RECONNECT_TIMEOUT'),
  remoteUser: row('text', 'defaults', 'remote_user', 'ANSIBLE_REMOTE_USER'),
  privateKeyFile: row('path', 'defaults', 'private_key_file', 'ANSIBLE_PRIVATE_KEY_FILE'),
  vaultPasswordFile: row('path', 'defaults', 'vault_password_file', 'ANSIBLE_VAULT_PASSWORD_FILE'),
  vaultIdentityList: row('list', 'defaults', 'vault_identity_list', 'ANSIBLE_VAULT_IDENTITY_LIST'),
  connectionPasswordFile: row('path', 'defaults', 'connection_password_file', 'ANSIBLE_CONNECTION_PASSWORD_FILE'),
  transport: row('text', 'defaults', 'transport', 'ANSIBLE_TRANSPORT'),
  stdoutCallback: row('text', 'defaults', 'stdout_callback', 'ANSIBLE_STDOUT_CALLBACK'),
  forceHandlers: row('flag', 'defaults', 'force_handlers', 'ANSIBLE_FORCE_HANDLERS'),
  jinja2Native: row('flag', 'defaults', 'jinja2_native', 'ANSIBLE_JINJA2_NATIVE'),
  anyConditions: row('flag', 'defaults', 'allow_broken_conditionals', 'ANSIBLE_ALLOW_BROKEN_CONDITIONALS'),
  hashBehaviour: row('text', 'defaults', 'hash_behaviour', 'ANSIBLE_HASH_BEHAVIOUR'),
  errorOnUndefined: row('flag', 'defaults', 'error_on_undefined_vars', 'ANSIBLE_ERROR_ON_UNDEFINED_VARS'),
  diffAlways: row('flag', 'diff', 'always', 'ANSIBLE_DIFF_ALWAYS'),
  diffContext: row('whole', 'diff', 'context', 'ANSIBLE_DIFF_CONTEXT'),
  showCustomStats: row('flag', 'defaults', 'show_custom_stats', 'ANSIBLE_SHOW_CUSTOM_STATS'),
  become: row('flag', 'privilege_escalation', 'become', 'ANSIBLE_BECOME'),
  becomeMethod: row('text', 'privilege_escalation', 'become_method', 'ANSIBLE_BECOME_METHOD'),
  becomeUser: row('text', 'privilege_escalation', 'become_user', 'ANSIBLE_BECOME_USER'),
  factCaching: row('text', 'defaults', 'fact_caching', 'ANSIBLE_CACHE_PLUGIN'),
  factCachingConnection: row('path', 'defaults', 'fact_caching_connection', 'ANSIBLE_CACHE_PLUGIN_CONNECTION'),
  factCachingPrefix: row('text', 'defaults', 'fact_caching_prefix', 'ANSIBLE_CACHE_PLUGIN_PREFIX'),
  factCachingTimeout: row('text', 'defaults', 'fact_caching_timeout', 'ANSIBLE_CACHE_PLUGIN_TIMEOUT'),
  duplicateKeys: row('text', 'defaults', 'duplicate_dict_key', 'ANSIBLE_DUPLICATE_YAML_DICT_KEY'),
  groupNames: row('text', 'defaults', 'force_valid_group_names', 'ANSIBLE_TRANSFORM_INVALID_GROUP_CHARS'),
  gathering: row('text', 'defaults', 'gathering', 'ANSIBLE_GATHERING'),
  runTags: row('list', 'tags', 'run', 'ANSIBLE_RUN_TAGS'),
  skipTags: row('list', 'tags', 'skip', 'ANSIBLE_SKIP_TAGS'),
  sshCommonArgs: row('text', 'ssh_connection', 'ssh_common_args', 'ANSIBLE_SSH_COMMON_ARGS'),
  sshExtraArgs: row('text', 'ssh_connection', 'ssh_extra_args', 'ANSIBLE_SSH_EXTRA_ARGS'),
} as const satisfies Readonly<Record<string, SettingRow>>;

export type SettingName = keyof typeof SETTINGS;

/** Settings of ansible.cfg that say how things look, or how Ansible gets Python to a host: nothing to warn of. */
export const HARMLESS_KEYS: ReadonlySet<string> = new Set(
  `action_warnings ansible_managed bin_ansible_callbacks callbacks_enabled callback_whitelist command_warnings control_path control_path_dir
  cow_selection cow_whitelist deprecation_warnings devel_warning display_args_to_stdout display_failed_stderr display_skipped_hosts
  display_ok_hosts enable_task_debugger interpreter_python internal_poll_interval local_tmp localhost_warning log_path nocolor nocows
  force_color pipelining poll_interval remote_tmp result_format retries retry_files_enabled retry_files_save_path scp_if_ssh sftp_batch_mode
  ssh_args system_warnings transfer_method verbosity module_lang module_set_locale host_pattern_mismatch
  check_mode_markers callback_result_format callback_format_pretty show_per_host_start show_task_path_on_failure`.split(
    /\s+/,
  ),
);

/** Environment variables that change what a playbook means in Ansible, and that Ratchet does not honour. */
export const NOT_HONOURED_ENV: readonly string[] = [
  'ANSIBLE_ACTION_PLUGINS',
  'ANSIBLE_CALLBACK_PLUGINS',
  'ANSIBLE_FILTER_PLUGINS',
  'ANSIBLE_INVENTORY_ENABLED',
  'ANSIBLE_INVENTORY_PLUGINS',
  'ANSIBLE_JINJA2_EXTENSIONS',
  'ANSIBLE_LIBRARY',
  'ANSIBLE_LOOKUP_PLUGINS',
  'ANSIBLE_PRECEDENCE',
  'ANSIBLE_STRATEGY',
  'ANSIBLE_TASK_TIMEOUT',
  'ANSIBLE_TEST_PLUGINS',
  'ANSIBLE_VARS_PLUGINS',
  'ANSIBLE_VARS_ENABLED',
];
