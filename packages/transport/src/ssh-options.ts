import { RatchetError } from '@ratchet/core';

/** The options of ssh that Ratchet's own client honours. A list option keeps every value; else the first one counts. */
export interface SshOptions {
  hostName?: string;
  port?: number;
  user?: string;
  userKnownHostsFile?: readonly string[];
  globalKnownHostsFile?: readonly string[];
  strictHostKeyChecking?: 'yes' | 'no' | 'accept-new';
  hostKeyAlias?: string;
  identityFile?: string[];
  identitiesOnly?: boolean;
  proxyJump?: string;
  connectTimeout?: number;
  serverAliveInterval?: number;
  serverAliveCountMax?: number;
}

/** The hint of every error about an option that only the system's ssh understands. */
export const USE_OPENSSH =
  "Write ansible_connection: openssh to go through the system's ssh, which knows every option.";

/** An error about an ssh option; `where` names the variable, flag or file with its line. */
export const optionError = (message: string, where: string): RatchetError =>
  new RatchetError('option-invalid', `${message} (${where}).`, { hint: USE_OPENSSH });

/** Words of a text as a POSIX shell splits them (quotes and backslashes), without any expansion. */
export const splitWords = (text: string, where: string): readonly string[] => {
  const words: string[] = [];
  let word: string | undefined;
  let quote = '';
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at] ?? '';
    if (quote !== '' && char === quote) quote = '';
    else if (quote === '' && (char === '"' || char === "'")) {
      quote = char;
      word ??= '';
    } else if (char === '\\' && quote !== "'" && at + 1 < text.length) {
      at += 1;
      const next = text[at] ?? '';
      word = (word ?? '') + (quote === '"' && !'"\\$`'.includes(next) ? `\\${next}` : next);
    } else if (quote === '' && /\s/.test(char)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? '') + char;
  }
  if (quote !== '') throw optionError(`A quote ${quote} is not closed`, where);
  if (word !== undefined) words.push(word);
  return words;
};

const wholeNumber = (name: string, value: string, where: string): number => {
  if (!/^\d{1,9}$/.test(value)) throw optionError(`${name} must be a whole number, not "${value}"`, where);
  return Number(value);
};

/** Seconds of an ssh time such as `90`, `1m30s`. */
const seconds = (name: string, value: string, where: string): number => {
  if (!/^(\d{1,9}[smhdw]?)+$/i.test(value)) throw optionError(`${name} must be a time, not "${value}"`, where);
  const unit: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86400, w: 604800 };
  return [...value.matchAll(/(\d+)([smhdw]?)/gi)].reduce(
    (sum, [, count, name]) => sum + Number(count) * (unit[(name ?? '').toLowerCase()] ?? 1),
    0,
  );
};

const yesNo = (name: string, value: string, where: string): boolean => {
  const lower = value.toLowerCase();
  if (['yes', 'true', 'on'].includes(lower)) return true;
  if (['no', 'false', 'off'].includes(lower)) return false;
  throw optionError(`${name} must be yes or no, not "${value}"`, where);
};

const checking = (value: string, where: string): 'yes' | 'no' | 'accept-new' => {
  const lower = value.toLowerCase();
  if (lower === 'accept-new') return 'accept-new';
  // Nobody can be asked in the middle of a run, so that "ask" is as strict as "yes".
  if (lower === 'ask') return 'yes';
  return yesNo('StrictHostKeyChecking', value, where) ? 'yes' : 'no';
};

type Setter = (options: SshOptions, value: string, where: string, values: readonly string[]) => void;

const SETTERS: Readonly<Record<string, Setter>> = {
  hostname: (options, value) => {
    options.hostName ??= value;
  },
  port: (options, value, where) => {
    const port = wholeNumber('Port', value, where);
    if (port < 1 || port > 65535) throw optionError(`Port must be from 1 to 65535, not ${value}`, where);
    options.port ??= port;
  },
  user: (options, value) => {
    options.user ??= value;
  },
  userknownhostsfile: (options, _value, _where, values) => {
    options.userKnownHostsFile ??= values;
  },
  globalknownhostsfile: (options, _value, _where, values) => {
    options.globalKnownHostsFile ??= values;
  },
  stricthostkeychecking: (options, value, where) => {
    options.strictHostKeyChecking ??= checking(value, where);
  },
  hostkeyalias: (options, value) => {
    options.hostKeyAlias ??= value;
  },
  identityfile: (options, value) => {
    options.identityFile = [...(options.identityFile ?? []), value];
  },
  identitiesonly: (options, value, where) => {
    options.identitiesOnly ??= yesNo('IdentitiesOnly', value, where);
  },
  proxyjump: (options, value) => {
    options.proxyJump ??= value;
  },
  connecttimeout: (options, value, where) => {
    if (value.toLowerCase() !== 'none') options.connectTimeout ??= seconds('ConnectTimeout', value, where);
  },
  serveraliveinterval: (options, value, where) => {
    options.serverAliveInterval ??= seconds('ServerAliveInterval', value, where);
  },
  serveralivecountmax: (options, value, where) => {
    options.serverAliveCountMax ??= wholeNumber('ServerAliveCountMax', value, where);
  },
};

/** Whether the option is one of those that are honoured. */
export const isHonoured = (name: string): boolean => Object.hasOwn(SETTERS, name.toLowerCase());

/** Takes one option in, unless an earlier one has set it. @throws `option-invalid` for a bad value. */
export const setOption = (options: SshOptions, name: string, values: readonly string[], where: string): void => {
  const value = values[0];
  if (value === undefined) throw optionError(`The ssh option ${name} has no value`, where);
  SETTERS[name.toLowerCase()]?.(options, value, where, values);
};

const SHORT: Readonly<Record<string, string>> = { '-i': 'identityfile', '-p': 'port', '-l': 'user', '-J': 'proxyjump' };

const setFromText = (options: SshOptions, text: string, where: string): void => {
  const [, name = '', rest = ''] = /^\s*([A-Za-z0-9]+)\s*[=\s]\s*(.*)$/s.exec(text) ?? [];
  if (!isHonoured(name)) throw optionError(`The ssh option ${name || text} is not supported here`, where);
  setOption(options, name, splitWords(rest, where), where);
};

/**
 * Options from command-line arguments of ssh (`-o Name=value`, `-i`, `-p`, `-l`, `-J`).
 * @throws `option-invalid` for any other argument; the hint names `ansible_connection: openssh`.
 */
export const readArguments = (options: SshOptions, text: string, where: string): void => {
  const words = [...splitWords(text, where)];
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    const flag = word.slice(0, 2);
    if (flag !== '-o' && SHORT[flag] === undefined)
      throw optionError(`The ssh argument ${word} is not supported here`, where);
    const value = word.length > 2 ? word.slice(2) : words.shift();
    if (value === undefined) throw optionError(`The ssh argument ${flag} has no value`, where);
    const name = SHORT[flag];
    if (name === undefined) setFromText(options, value, where);
    else setOption(options, name, [value], where);
  }
};
