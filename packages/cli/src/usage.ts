/** What `ratchet --help` prints; kept as text, so that it needs nothing loaded. */
export const USAGE = `Usage: ratchet <command> [options]

Runs Ansible playbooks against Windows hosts over SSH: reads first, changes only
what differs, verifies, and records every change.

Commands:
  run PLAYBOOK...   run playbooks against the hosts of an inventory
  plan PLAYBOOK...  show what a run would change; --out FILE saves it
  apply FILE        make exactly the changes of a saved plan
  adhoc PATTERN     run one module, as Ansible's "ansible": -m MODULE -a ARGS
  inventory         answer as ansible-inventory: --list, --host H, --graph
  vault ACTION      encrypt and decrypt files and texts, as ansible-vault
  resume [RUN]      go on with a run that was cut off
  rollback RUN      take back what a run changed
  unlock HOST       show who has locked a host, and take the lock away
  runs [show RUN]   list past runs, or what one did

Options:
  --version         print the version
  -h, --help        print this help; after a command, that command's

Example:
  ratchet run playbooks/site.yml -i inventory.yml --check --diff

Exit codes: 0 done, 1 files, 2 a host failed or wrong flags, 4 a host unreachable
or a playbook that cannot be read, 5 bad options, 99 Ctrl-C (docs/exit-codes.md).
`;
