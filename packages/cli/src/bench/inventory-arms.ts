import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { RatchetError } from '@ratchet/core';
import { type Asked, type Contestant, type Found, runInTurn, say } from './in-turn.js';
import { measure } from './measure.js';
import { judge, type Promised } from './summary.js';

const COMMAND = fileURLToPath(new URL('../../bundle/main.cjs', import.meta.url));

const HOSTS = 1000;
const VARIABLES = 300;

/** The inventories, by where a host's variables stand. */
const SHAPES = [
  { title: 'host_vars', source: 'tree/hosts.yml' },
  { title: 'INI', source: 'hosts.ini' },
  // Ansible needs most of a minute for it.
  { title: 'one YAML file', source: 'hosts.yml', times: 1 },
];

const PROMISES: readonly Promised[] = SHAPES.map(({ title }) => ({
  of: `ansible-inventory, ${title}`,
  to: `ratchet inventory, ${title}`,
  limit: 5,
  direction: 'at least',
}));

/** What variables of real hosts hold, each with its own number: words, numbers, paths, addresses, sentences, templates. */
const VALUES: readonly ((host: number, index: number) => string)[] = [
  (host, index) => `value_${host}_${index}`,
  (host, index) => String(host * VARIABLES + index),
  (host) => (host % 2 === 0 ? 'true' : 'false'),
  (_, index) => `"C:\\\\Program Files\\\\App ${index}"`,
  (host, index) => `10.${host >> 8}.${host % 256}.${index % 256}`,
  (host, index) => `https://host${host}.example.com:8443/path/${index}`,
  (_, index) => `'some text with spaces ${index}'`,
  (_, index) => `1.${index}`,
  (_, index) => `"{{ inventory_hostname }}-${index}"`,
  (host, index) => `"text of host ${host} number ${index}"`,
];

const variablesOf = (host: number): readonly (readonly [string, string])[] =>
  Array.from({ length: VARIABLES }, (_, index) => [`var_${index}`, VALUES[index % VALUES.length]?.(host, index) ?? '']);

const nameOf = (host: number): string => `host${String(host).padStart(4, '0')}`;

const HEAD = 'all:\n  children:\n    web:\n      hosts:\n';

const writeInventories = async (folder: string): Promise<void> => {
  const hosts = Array.from({ length: HOSTS }, (_, host) => ({ name: nameOf(host), vars: variablesOf(host) }));
  const lines = (vars: readonly (readonly [string, string])[], lead: string): string =>
    vars.map(([name, value]) => `${lead}${name}: ${value}\n`).join('');
  await mkdir(join(folder, 'tree/host_vars'), { recursive: true });
  for (const { name, vars } of hosts)
    await writeFile(join(folder, 'tree/host_vars', `${name}.yml`), `---\n${lines(vars, '')}`);
  await writeFile(join(folder, 'tree/hosts.yml'), HEAD + hosts.map(({ name }) => `        ${name}:\n`).join(''));
  const whole = hosts.map(({ name, vars }) => `        ${name}:\n${lines(vars, '          ')}`);
  await writeFile(join(folder, 'hosts.yml'), HEAD + whole.join(''));
  const ini = hosts.map(({ name, vars }) => `${name} ${vars.map(([key, value]) => `${key}=${value}`).join(' ')}\n`);
  await writeFile(join(folder, 'hosts.ini'), `[web]\n${ini.join('')}`);
};

interface Listing extends Contestant {
  readonly source: string;
  /** Where its answer is written to. */
  readonly answer: string;
}

const listings = (folder: string): readonly Listing[] =>
  SHAPES.flatMap(({ title, source, times }) =>
    [
      { tool: 'ratchet inventory', command: `"${process.execPath}" "${COMMAND}" inventory`, times: undefined },
      { tool: 'ansible-inventory', command: 'ansible-inventory', times },
    ].map(({ tool, command, times: often }, index) => ({
      name: `${tool}, ${title}`,
      source,
      answer: join(folder, `answer-${index}.json`),
      program: {
        file: 'bash',
        args: ['-c', `exec ${command} --list -i ${source} > answer-${index}.json`],
        cwd: folder,
      },
      ...(often === undefined ? {} : { times: often }),
    })),
  );

const digest = async (file: string): Promise<string> => {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
};

/** `ratchet inventory --list` and `ansible-inventory --list` on 1,000 hosts with 300 variables each; both must answer the same, byte for byte. */
export const measureInventories = async ({ repetitions, signal }: Asked): Promise<Found> => {
  const folder = await mkdtemp(join(tmpdir(), 'ratchet-bench-inventory-'));
  try {
    say(`Writing inventories of ${HOSTS} hosts with ${VARIABLES} variables each.`);
    await writeInventories(folder);
    const answers = new Map<string, string>();
    const all = await runInTurn(listings(folder), repetitions, async (listing) => {
      const measurement = await measure(listing.program, signal);
      const found = await digest(listing.answer);
      const known = answers.get(listing.source) ?? found;
      if (known !== found)
        throw new RatchetError('internal', `${listing.name} answered otherwise than the one before it.`);
      answers.set(listing.source, known);
      return measurement;
    });
    return { all, verdicts: judge(all, PROMISES) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
