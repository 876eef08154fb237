import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Canonical, readCanonical } from './canonical.js';
import { type CaseFile, record, texts, words, writeFiles } from './case-file.js';
import { inNewFolder, runAnsible, runRatchet } from './oracle.js';
import type { Ended } from './program.js';

const PATTERNS = 'patterns.conformance.yml';

const shown = ({ code, stdout }: Ended, folder: string): Canonical => {
  if (code !== 0) return { exit: code };
  const text = stdout.replaceAll(folder, '<folder>');
  return { exit: 0, output: text.trimStart().startsWith('{') ? readCanonical(text) : text.trimEnd() };
};

/** A play for each pattern that tells the hosts it found, in order. */
const patternsPlaybook = (patterns: readonly string[]): string =>
  JSON.stringify(
    patterns.map((pattern) => ({
      hosts: pattern,
      name: pattern,
      gather_facts: false,
      tasks: [{ name: pattern, debug: { msg: '{{ ansible_play_hosts_all }}' }, run_once: true }],
    })),
  );

type Commands = {
  readonly inventory: (args: readonly string[], folder: string, env: Record<string, string>) => Promise<Ended>;
  readonly playbook: (args: readonly string[], folder: string, env: Record<string, string>) => Promise<Ended>;
  readonly hosts: (stdout: string) => readonly (readonly [string, Canonical])[];
};

interface AnsibleDocument {
  readonly plays: readonly { readonly tasks: readonly AnsibleTask[] }[];
}
interface AnsibleTask {
  readonly task: { readonly name: string };
  readonly hosts: Readonly<Record<string, { readonly msg: Canonical }>>;
}

const ansible: Commands = {
  inventory: (args, folder, env) => runAnsible('ansible-inventory', args, folder, env),
  playbook: (args, folder, env) => runAnsible('ansible-playbook', args, folder, env),
  hosts: (stdout) => {
    const start = stdout.indexOf('{\n    "custom_stats"');
    if (start === -1) return [];
    const { plays } = JSON.parse(stdout.slice(start, stdout.lastIndexOf('}') + 1)) as AnsibleDocument;
    return plays.flatMap(({ tasks }) =>
      tasks.flatMap(({ task, hosts }) => Object.values(hosts).map(({ msg }) => [task.name, msg] as const)),
    );
  },
};

interface Event {
  readonly type: string;
  readonly name: string;
  readonly result?: { readonly msg?: Canonical };
}

const ratchet: Commands = {
  inventory: (args, folder, env) => runRatchet(['inventory', ...args], folder, env),
  playbook: (args, folder, env) => runRatchet(['run', ...args, '--output', 'ndjson'], folder, env),
  hosts: (stdout) =>
    stdout
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Event)
      .filter(({ type }) => type === 'task_finished')
      .map(({ name, result }) => [name, result?.msg ?? null] as const),
};

const run = (one: CaseFile, commands: Commands): Promise<Canonical> =>
  inNewFolder(async (folder) => {
    const { body } = one;
    const env = Object.fromEntries(Object.entries(record(body['env'])).map(([name, value]) => [name, String(value)]));
    await writeFiles(folder, body['files']);
    const answer: Record<string, Canonical> = {};
    for (const line of texts(body['commands']))
      answer[line] = shown(await commands.inventory(words(line), folder, env), folder);
    const patterns = texts(body['patterns']);
    if (patterns.length > 0) {
      await writeFile(join(folder, PATTERNS), patternsPlaybook(patterns));
      const args = [...words(String(body['inventory'] ?? '-i hosts')), PATTERNS];
      const { code, stdout } = await commands.playbook(args, folder, env);
      answer['patterns'] = { exit: code, hosts: commands.hosts(stdout).map(([name, hosts]) => [name, hosts]) };
    }
    return answer;
  });

/** What ansible-inventory prints for each command, and the hosts that each pattern finds. */
export const askInventory = (one: CaseFile): Promise<Canonical> => run(one, ansible);

/** The same of `ratchet inventory` and `ratchet run`. */
export const answerInventory = (one: CaseFile): Promise<Canonical> => run(one, ratchet);
