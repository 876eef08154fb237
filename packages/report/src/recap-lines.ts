import type { Debt, HostRecap, StampedEvent } from '@ratchet/core';
import { jsonText } from './json-text.js';
import { type Colour, paint } from './paint.js';
import { visible, visibleLine } from './visible.js';

const COUNTERS: readonly (readonly [keyof HostRecap, Colour])[] = [
  ['ok', 'green'],
  ['changed', 'yellow'],
  ['unreachable', 'red'],
  ['failed', 'red'],
  ['skipped', 'cyan'],
  ['rescued', 'yellow'],
  ['ignored', 'magenta'],
];

const HOST_COLUMNS = 26;

/** A banner line filled with stars to the width, with three at least; nothing of the name is cut. */
export const banner = (text: string, width: number): string => {
  const name = visibleLine(text);
  return `${name} ${'*'.repeat(Math.max(3, width - 1 - [...name].length))}`;
};

const hostColour = (recap: HostRecap): Colour => {
  if (recap.failed > 0 || recap.unreachable > 0) return 'red';
  return recap.changed > 0 ? 'yellow' : 'green';
};

const hostLine = (host: string, recap: HostRecap, colour: boolean): string => {
  const counters = COUNTERS.map(([name, shade]) =>
    paint(`${name}=${String(recap[name]).padEnd(4)}`, recap[name] === 0 ? 'none' : shade, colour),
  );
  const name = paint(visibleLine(host).padEnd(HOST_COLUMNS), hostColour(recap), colour);
  return `${name} : ${counters.join(' ')}`;
};

const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number =>
  a < b ? -1 : a > b ? 1 : 0;

const debtText = (host: string, debt: Debt): string =>
  debt.kind === 'restart' ? `${host} is owed a restart: ${debt.reason}` : `${host} is owed a handler: ${debt.reason}`;

/** What is still owed to hosts, one line each. */
export const debtLines = (debts: Readonly<Record<string, readonly Debt[]>>): readonly string[] =>
  Object.entries(debts)
    .sort(byName)
    .flatMap(([host, owed]) => owed.map((debt) => visible(debtText(host, debt))));

const statsText = (stats: unknown): string => jsonText(stats, { indent: 1, sorted: true }).replaceAll('\n', '');

/** What `set_stats` gathered, as Ansible prints it: hosts sorted, then what is of the run as a whole. */
const statsLines = (stats: Readonly<Record<string, unknown>> | undefined, width: number): readonly string[] => {
  if (!stats || Object.keys(stats).length === 0) return [];
  const hosts = Object.entries(stats)
    .filter(([host]) => host !== '_run')
    .sort(byName)
    .map(([host, own]) => `\t${visibleLine(host)}: ${visible(statsText(own))}`);
  const run = stats['_run'] === undefined ? [] : ['', `\tRUN: ${visible(statsText(stats['_run']))}`];
  return ['', banner('CUSTOM STATS:', width), ...hosts, ...run, ''];
};

/** The recap as Ansible prints it, hosts sorted, then the debts. */
export const recapLines = (
  event: Extract<StampedEvent, { type: 'run_finished' }>,
  width: number,
  colour: boolean,
  customStats = false,
): readonly string[] => {
  const hosts = Object.entries(event.hosts)
    .sort(byName)
    .map(([host, recap]) => hostLine(host, recap, colour));
  const debts = debtLines(event.debts).map((line) => paint(line, 'yellow', colour));
  return [
    '',
    banner('PLAY RECAP', width),
    ...hosts,
    '',
    ...(debts.length > 0 ? [...debts, ''] : []),
    ...(customStats ? statsLines(event.stats, width) : []),
  ];
};
