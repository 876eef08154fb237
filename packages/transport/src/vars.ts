import { type Plain, RatchetError } from '@ratchet/core';

type Vars = Readonly<Record<string, Plain>>;

const invalid = (host: string, name: string, wanted: string): RatchetError =>
  // The value is left out: it may be a password.
  new RatchetError('inventory-invalid', `The variable ${name} of ${host} must be ${wanted}.`, {
    place: { at: 'host', host },
  });

/** The first of these variables that is set, as text; numbers count as their digits. */
export const text = (host: string, vars: Vars, names: readonly string[]): string | undefined => {
  for (const name of names) {
    const value = vars[name];
    if (value === undefined || value === null) continue;
    if (typeof value === 'string') return value;
    if (typeof value === 'number' || typeof value === 'bigint') return String(value);
    throw invalid(host, name, 'a text');
  }
  return undefined;
};

/** The port that `ansible_port` names. */
export const port = (host: string, vars: Vars): number | undefined => {
  const names = ['ansible_port', 'ansible_ssh_port'];
  const written = text(host, vars, names);
  if (written === undefined) return undefined;
  const value = /^\d{1,5}$/.test(written.trim()) ? Number(written) : 0;
  if (value < 1 || value > 65535) throw invalid(host, 'ansible_port', 'a number from 1 to 65535');
  return value;
};

/** The seconds that `ansible_ssh_timeout` names. */
export const timeout = (host: string, vars: Vars): number | undefined => {
  const name = 'ansible_ssh_timeout';
  const written = text(host, vars, [name]);
  if (written === undefined) return undefined;
  const value = /^\d{1,6}$/.test(written.trim()) ? Number(written) : 0;
  if (value < 1) throw invalid(host, name, 'a number of seconds above 0');
  return value;
};

const YES = ['yes', 'true', 'on', '1', 'y', 't'];
const NO = ['no', 'false', 'off', '0', 'n', 'f'];

/** The first of these variables that is set, as Ansible reads a boolean. */
export const flag = (host: string, vars: Vars, names: readonly string[]): boolean | undefined => {
  const name = names.find((one) => vars[one] !== undefined && vars[one] !== null);
  if (name === undefined) return undefined;
  const written = String(vars[name]).toLowerCase();
  if (YES.includes(written)) return true;
  if (NO.includes(written)) return false;
  throw invalid(host, name, 'true or false');
};
