// Loaded into the controller with `node --import`: ends the process with SIGKILL at one point of its journal or of its talk with hosts.
// RATCHET_CRASH_AT is `journal:N:before|torn|after`, `exec:N:before|during|after` or `import:N:during` (the Nth command with an import); RATCHET_CRASH_COUNT names a file that gets
// how many of each there were. Nothing in the product knows of it.
import fs, { writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import ssh2, { type ClientChannel } from 'ssh2';

const [kind, number, when] = (process.env['RATCHET_CRASH_AT'] ?? '').split(':');
const counted = { journal: 0, exec: 0, import: 0 };

const at = (what: 'journal' | 'exec' | 'import', index: number, moment: string): boolean =>
  kind === what && index === Number(number) && when === moment;

const die = (): void => {
  process.kill(process.pid, 'SIGKILL');
  // A signal to oneself is delivered a little later: nothing may go on until then.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
};

const countFile = process.env['RATCHET_CRASH_COUNT'];
if (countFile) process.on('exit', () => writeFileSync(countFile, JSON.stringify(counted)));

// Only the journal appends to an open file.
const append = fs.appendFileSync;
fs.appendFileSync = (file, data, options) => {
  if (typeof file !== 'number') return append(file, data, options);
  counted.journal += 1;
  const index = counted.journal;
  const text = String(data);
  if (at('journal', index, 'before')) die();
  if (at('journal', index, 'torn')) {
    append(file, text.slice(0, Math.ceil(text.length / 2)));
    die();
  }
  append(file, data, options);
  if (at('journal', index, 'after')) {
    fs.fdatasyncSync(file);
    die();
  }
};
syncBuiltinESMExports();

const { Client } = ssh2;
const exec = Client.prototype.exec as (...args: unknown[]) => unknown;

const DURING_MS = 10;

const countImport = (sent: string): void => {
  if (!sent.includes('reg import')) return;
  counted.import += 1;
  if (at('import', counted.import, 'during')) setTimeout(die, DURING_MS);
};

/** A script goes to the host on the channel's standard input. */
const watchImport = (channel: ClientChannel): void => {
  const end = channel.end.bind(channel) as (...args: unknown[]) => ClientChannel;
  channel.end = ((...args: unknown[]) => {
    countImport(String(args[0] ?? ''));
    return end(...args);
  }) as ClientChannel['end'];
};

Client.prototype.exec = function (this: InstanceType<typeof Client>, ...args: unknown[]) {
  counted.exec += 1;
  const index = counted.exec;
  if (at('exec', index, 'before')) {
    die();
    return this;
  }
  const callback = args.at(-1) as (error: Error | undefined, channel: ClientChannel) => void;
  if (at('exec', index, 'during')) setTimeout(die, DURING_MS);
  const watched = (error: Error | undefined, channel: ClientChannel): void => {
    if (channel && kind === 'import') {
      countImport(String(args[0]));
      watchImport(channel);
    }
    if (channel && at('exec', index, 'after')) channel.prependListener('exit', die);
    callback(error, channel);
  };
  return exec.call(this, ...args.slice(0, -1), watched);
} as typeof Client.prototype.exec;
