import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** How often each host must have restarted at the end. */
export const RESTARTS = 2;

/** Commands that may run once only, by what stands in them. */
export const ONCE = ['once-creates', 'once-plain'] as const;

const KEY = 'HKLM:\\\\SOFTWARE\\\\Crash';

// Two restarts, handlers, a loop, a command that says when it is done and one that does not.
const playbook = (reboot: string, timeout: string): string => `- name: crash
  hosts: all
  gather_facts: false
  tasks:
    - name: loop
      registry: {path: "${KEY}", name: "value{{ item }}", data: "{{ item }}", type: dword}
      loop: [1, 2, 3]
      register: looped
      notify: noted
    - name: protocol
      schannel_protocol: {protocol: TLS 1.2, role: both, state: enabled}
    - name: restart that is owed
      reboot: {when: owed, pre_reboot_delay: 0${reboot}}
    - name: command with creates
      command: cmd /c mkdir C:\\once-creates
      args: {creates: "C:\\\\once-creates"}
    - name: command without
      command: cmd /c mkdir C:\\once-plain{{ whose | default('') }}${timeout}
      register: made
    - name: what was registered
      registry: {path: "${KEY}", name: registered, data: "{{ looped.results | length }} {{ made.rc | default('left out') }}", type: string}
      notify: restart
    - name: last
      registry: {path: "${KEY}\\\\Deep", name: last, data: 1, type: qword}
  handlers:
    - name: noted
      registry: {path: "${KEY}", name: handled, data: 1, type: dword}
    - name: restart
      reboot: {pre_reboot_delay: 0${reboot}}
`;

/** What a test may change in the scenario. */
export interface Variation {
  /** Further parameters of both restarts. */
  readonly reboot?: Readonly<Record<string, number>>;
  /** Seconds for the command without `creates`. */
  readonly timeout?: number;
}

/** Writes the scenario's playbook into a folder and gives its path. */
export const writeScenario = async (folder: string, { reboot = {}, timeout }: Variation = {}): Promise<string> => {
  await mkdir(folder, { recursive: true });
  const path = join(folder, 'crash.yml');
  const more = Object.entries(reboot).map(([name, value]) => `, ${name}: ${value}`);
  await writeFile(path, playbook(more.join(''), timeout === undefined ? '' : `\n      timeout: ${timeout}`));
  return path;
};

/** All that the scenario's own tasks write to the registry is below it. */
export const SCENARIO_KEY = 'HKEY_LOCAL_MACHINE\\SOFTWARE\\Crash';

/** What a host must hold at the end: `path|name` to the data as text. */
export const EXPECTED: Readonly<Record<string, string>> = {
  [`${SCENARIO_KEY}|value1`]: '1',
  [`${SCENARIO_KEY}|value2`]: '2',
  [`${SCENARIO_KEY}|value3`]: '3',
  [`${SCENARIO_KEY}|registered`]: '3 0',
  [`${SCENARIO_KEY}|handled`]: '1',
  [`${SCENARIO_KEY}\\Deep|last`]: '1',
};
