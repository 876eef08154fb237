import type { Playbook } from '@ratchet/playbook';

// Names that `setup` gives on Windows or Linux, without their prefix. Connection variables (ansible_user, ansible_host) and magic ones
// (ansible_check_mode, ansible_version) are no facts.
const FACTS = [
  'facts|local|env|fqdn|hostname|nodename|domain|dns|date_time|cmdline|lsb|interfaces|devices|mounts|selinux|apparmor|fips',
  'os_\\w+|distribution\\w*|kernel\\w*|architecture2?|system(?:_\\w+)?|machine(?:_id)?|userspace_\\w+|form_factor',
  'processor\\w*|mem\\w*_mb|swap\\w*_mb|bios_\\w+|board_\\w+|product_\\w+|chassis_\\w+|virtualization_\\w+',
  'ip_addresses|all_ipv[46]_addresses|default_ipv[46]|netbios_name|windows_domain\\w*|owner_\\w+|reboot_pending|tls\\w*',
  'lastboot|uptime_seconds|powershell_version|pkg_mgr|service_mgr|effective_\\w+|real_\\w+|user_\\w+|python(?:_version)?|loadavg',
].join('|');
const MENTIONED = new RegExp(`\\bansible_(?:${FACTS})\\b`);

const known = new WeakMap<Playbook, boolean>();

/** Whether anything that was read for a playbook (its own text, roles, files of tasks and variables) names a fact of hosts. */
export const mentionsFacts = (playbook: Playbook): boolean => {
  const found = known.get(playbook) ?? playbook.files.some(({ text }) => MENTIONED.test(text));
  known.set(playbook, found);
  return found;
};
