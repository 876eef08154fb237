import type { Arch } from '../seed/seed.js';
import { BOOT_ID } from '../seed/seed.js';
import type { Exclusions } from './text.js';

const SYSTEM = 'HKEY_LOCAL_MACHINE\\SYSTEM';
const SOFTWARE = 'HKEY_LOCAL_MACHINE\\SOFTWARE';

/** Other names of CurrentControlSet. */
const CONTROL_SETS = ['ControlSet001', 'ControlSet002', 'Clone'].map((name) => `${SYSTEM}\\${name}`);

/** Keys that live for one boot only, or that a restart alone writes anew on an untouched host (found by restarting one). */
const PER_BOOT_KEYS = [
  `${SOFTWARE}\\Microsoft\\Windows\\CurrentVersion\\Component Based Servicing\\RebootPending`,
  `${SOFTWARE}\\Microsoft\\Windows\\CurrentVersion\\WindowsUpdate\\Auto Update\\RebootRequired`,
  `${SYSTEM}\\CurrentControlSet\\Hardware Profiles\\Current`,
  `${SYSTEM}\\CurrentControlSet\\Control\\ServiceCurrent`,
  `${SYSTEM}\\CurrentControlSet\\Control\\Video`,
];

/** The first display adapter, whose driver date Wine writes at each start. */
const DISPLAY = `${SYSTEM}\\CurrentControlSet\\Control\\Class\\{4D36E968-E325-11CE-BFC1-08002BE10318}\\0000`;

const PER_BOOT_VALUES = [
  BOOT_ID,
  { path: `${SYSTEM}\\CurrentControlSet\\Control\\Windows`, name: 'ShutdownTime' },
  { path: DISPLAY, name: 'DriverDateData' },
];

const X86_KEYS = [`${SOFTWARE}\\Wow6432Node`, `${SOFTWARE}\\Classes\\Wow6432Node`];

/** What a snapshot leaves out. Nothing of it is under SCHANNEL, .NETFramework or another key that a playbook writes. */
export const snapshotExclusions = (arch: Arch): Exclusions => ({
  keys: [...CONTROL_SETS, ...PER_BOOT_KEYS, ...(arch === 'x86' ? X86_KEYS : [])],
  values: PER_BOOT_VALUES,
});

/** The list as text, one line each: a key, or a key and a value's name. */
export const showExclusions = ({ keys, values }: Exclusions): string =>
  [...keys.map((key) => `[${key}]`), ...values.map(({ path, name }) => `[${path}] "${name}"`)].join('\n');
