import type { RegistryWrite } from '@ratchet/core';

/** Hosts that the matrix crashes against, as it needs them. */
export interface Fleet {
  readonly inventory: string;
  readonly names: readonly string[];
  readonly knownHosts: string;
  port(host: string): number;
  /** How many commands the host has got. */
  commands(host: string): Promise<number>;
  reboots(host: string): number;
  /** `path|name` to data as text. */
  values(host: string): Promise<Readonly<Record<string, string>>>;
  /** How often a command with this text in it reached the host. */
  ran(host: string, text: string): Promise<number>;
  isLocked(host: string): Promise<boolean>;
  /** Commands that a host did not understand: they would make every other answer worthless. */
  refused(host: string): Promise<readonly string[]>;
  stop(): Promise<void>;
}

const textOf = (data: object): string => {
  if ('number' in data) return String(data.number);
  return 'text' in data ? String(data.text) : JSON.stringify(data);
};

/** Values by `path|name`, their data as text. */
export const valuesIn = (writes: readonly RegistryWrite[]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    writes.flatMap((write) => (write.op === 'set' ? [[`${write.path}|${write.name}`, textOf(write.data)]] : [])),
  );

/** How many commands of a log make the folder of exactly this name. */
export const madeFolder = (
  log: readonly { readonly op: string; readonly text: string; readonly input?: string }[],
  name: string,
): number => {
  const making = new RegExp(`mkdir C:\\\\${name}(?![\\w-])`);
  return log.filter((entry) => entry.op === 'exec' && making.test(`${entry.text}\n${entry.input ?? ''}`)).length;
};
