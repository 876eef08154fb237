/** Where a keyword may stand. */
export type Level = 'play' | 'role' | 'block' | 'task' | 'handler';

const SHARED = [
  'name',
  'any_errors_fatal',
  'become',
  'become_method',
  'become_user',
  'check_mode',
  'collections',
  'connection',
  'diff',
  'environment',
  'ignore_errors',
  'ignore_unreachable',
  'module_defaults',
  'no_log',
  'port',
  'remote_user',
  'run_once',
  'tags',
  'throttle',
  'timeout',
  'vars',
];
const BELOW_PLAY = [...SHARED, 'delegate_to', 'delegate_facts', 'when'];
const TASK = [
  ...BELOW_PLAY,
  'action',
  'args',
  'async',
  'changed_when',
  'delay',
  'failed_when',
  'local_action',
  'loop',
  'loop_control',
  'notify',
  'poll',
  'register',
  'retries',
  'until',
];

/** Keywords that are understood, by level. */
export const SUPPORTED: Readonly<Record<Level, readonly string[]>> = {
  play: [
    ...SHARED,
    'hosts',
    'user',
    'gather_facts',
    'gather_subset',
    'gather_timeout',
    'vars_files',
    'vars_prompt',
    'serial',
    'strategy',
    'order',
    'max_fail_percentage',
    'force_handlers',
    'rollback_on_failure',
    'pre_tasks',
    'roles',
    'tasks',
    'post_tasks',
    'handlers',
  ],
  role: [...BELOW_PLAY, 'role'],
  block: [...BELOW_PLAY, 'block', 'rescue', 'always', 'notify', 'rollback_on_failure'],
  task: TASK,
  handler: [...TASK, 'listen'],
};

const BECOME = 'Ratchet connects as the user who does the work; name an administrator as ansible_user.';

/** Ansible's keywords that Ratchet does not do, with what to do instead. */
export const REFUSED: ReadonlyMap<string, string> = new Map([
  ['become_flags', BECOME],
  ['become_exe', BECOME],
  ['debugger', 'Run with -vvv to see what a task gets.'],
  ['fact_path', 'Facts of the host’s own (*.fact) are not read: read such a file in a task.'],
]);

/** `with_…` forms that are understood. */
export const LOOPS = [
  'items',
  'csvfile',
  'env',
  'ini',
  'password',
  'pipe',
  'random_choice',
  'template',
  'vars',
  'varnames',
  'list',
  'flattened',
  'dict',
  'indexed_items',
  'nested',
  'cartesian',
  'together',
  'sequence',
  'subelements',
  'first_found',
  'fileglob',
  'file',
  'inventory_hostnames',
  'lines',
] as const;

/** What a task can be beside a module. */
export const BUILTIN_ACTIONS = [
  'import_tasks',
  'import_role',
  'include_tasks',
  'include_role',
  'include',
  'meta',
] as const;

export const META_COMMANDS = [
  'flush_handlers',
  'noop',
  'end_play',
  'end_host',
  'end_batch',
  'clear_host_errors',
  'clear_facts',
  'refresh_inventory',
  'reset_connection',
] as const;

/** Modules that Ansible has and people use with Windows hosts; a name of these is no typing error. */
export const ANSIBLE_MODULES: ReadonlySet<string> = new Set(
  `add_host apt apt_key apt_repository assemble async_status blockinfile copy cron dnf expect fetch file find gather_facts
   get_url getent git group group_by hostname iptables known_hosts lineinfile mount_facts package package_facts pause ping
   pip raw reboot replace rpm_key script service service_facts set_stats setup shell slurp stat subversion systemd tempfile
   template unarchive uri user validate_argument_spec wait_for wait_for_connection yum yum_repository
   win_acl win_acl_inheritance win_certificate_store win_command win_copy win_dns_client win_domain win_domain_controller
   win_domain_membership win_dsc win_environment win_feature win_file win_find win_get_url win_group win_group_membership
   win_hostname win_optional_feature win_owner win_package win_path win_ping win_powershell win_reboot win_reg_stat
   win_regedit win_service win_service_info win_share win_shell win_stat win_tempfile win_template win_updates win_uri
   win_user win_user_right win_wait_for win_whoami win_firewall win_firewall_rule win_scheduled_task win_iis_website
   win_iis_webapppool win_chocolatey win_timezone win_unzip win_xml win_lineinfile win_hotfix win_disk_facts win_msg
   win_security_policy win_regmerge win_pagefile win_partition win_psmodule win_robocopy win_defrag win_eventlog`
    .split(/\s+/)
    .filter((name) => name !== ''),
);

/** A module or action name without Ansible's own collection in front. */
export const shortName = (name: string): string =>
  name.replace(/^(?:ansible\.(?:builtin|legacy|windows)|community\.windows)\./, '');
