import { fromPlain, Template, type Value } from '@ratchet/core';
import { Templar } from '@ratchet/template';
import type { Asked, Found } from './in-turn.js';
import { median } from './summary.js';

/** Microseconds that one parameter may take on average. */
const TEMPLATING_LIMIT = 50;

const PARAMETERS = 30_000;
const HOSTS = 100;

/** What parameters of real roles look like; `%` stands for a number, so that no two hosts' values are the same. */
const TEMPLATES = [
  'HKLM:\\SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL\\Protocols\\{{ item.name }}\\{{ item.role }}',
  '{{ item.enabled }}',
  '{{ 0 if item.enabled else 0xffffffff }}',
  '{{ base_path }}/{{ inventory_hostname }}.txt',
  '{{ timeout | default(30) | int }}',
  "{{ protocols | selectattr('enabled') | map(attribute='name') | join(',') }}",
  '{{ greeting | upper }} on {{ inventory_hostname }}',
  "{{ item.name | regex_replace('[. ]', '_') }}",
  "{{ 'present' if version is version('10.0', '>=') else 'absent' }}",
  '{{ settings.registry.hive }}',
];

const template = (text: string): Template => new Template(text, { file: { path: 'bench.yml', text }, offset: 0 });

const variables = (host: number): ReadonlyMap<string, Value> => {
  const plain: Record<string, unknown> = {
    inventory_hostname: `web${host}`,
    item: { name: `TLS 1.${host % 3}`, role: 'Server', enabled: host % 2 === 0 },
    protocols: [0, 1, 2].map((minor) => ({ name: `TLS 1.${minor}`, enabled: minor === 2 })),
    version: `10.0.${host}`,
    settings: { registry: { hive: 'HKLM', number: host } },
    root: '/srv',
    base_path: template('{{ root }}/data'),
    greeting: template('hello from {{ settings.registry.number }}'),
  };
  return new Map(Object.entries(plain).map(([name, value]) => [name, fromPlain(value)]));
};

/** Microseconds of processor time that one of 30,000 task parameters takes on average: 100 hosts with ten templates each, thirty times over. */
const measureTemplating = (): number => {
  const templars = Array.from({ length: HOSTS }, (_, host) => {
    const own = variables(host);
    return new Templar({ get: (name) => own.get(name), names: () => own.keys() });
  });
  const templates = TEMPLATES.map(template);
  // Processor time: the work is done in one thread, and other programs on the machine do not count.
  const began = process.cpuUsage();
  let done = 0;
  while (done < PARAMETERS)
    for (const templar of templars)
      for (const one of templates) {
        templar.finish(one);
        done++;
      }
  const { user, system } = process.cpuUsage(began);
  return (user + system) / done;
};

/** The same as a part of the benchmark, once for each repetition. */
export const templatingFound = async ({ repetitions }: Asked): Promise<Found> => {
  const microseconds = Array.from({ length: repetitions }, measureTemplating);
  const value = median(microseconds);
  const verdict = { of: 'templating a parameter', unit: 'µs', limit: TEMPLATING_LIMIT, direction: 'at most' } as const;
  return { all: [], verdicts: [{ ...verdict, value, met: value <= TEMPLATING_LIMIT }], notes: { microseconds } };
};
