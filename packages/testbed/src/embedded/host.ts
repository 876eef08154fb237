import type { RegistryWrite } from '@ratchet/core';
import ssh2, { type ParsedKey } from 'ssh2';
import { readableKeyPair } from '../keys.js';
import type { EmbeddedFaults } from './faults.js';
import { MemoryFiles } from './file-system.js';
import type { Boot, BootSource, LogEntry, Machine } from './machine.js';
import { MemoryRegistry } from './memory-registry.js';
import { RestartTimer } from './restart-timer.js';
import { SshServer } from './ssh-server.js';

export interface EmbeddedOptions {
  readonly name: string;
  /** 0 or nothing: a free port is picked. */
  readonly port?: number;
  /** Private key in a form that ssh2 reads; nothing: a new ed25519 key. */
  readonly hostKey?: string;
  /** Lines of an authorized_keys file. */
  readonly authorizedKeys?: readonly string[];
  readonly password?: string;
  /** Default `admin`. */
  readonly user?: string;
  /** Further users with the same keys and password. */
  readonly otherUsers?: readonly string[];
  /** The login shell; default cmd. */
  readonly shell?: 'cmd' | 'powershell';
  /** What the registry holds at first, in canonical paths of the 64-bit view. */
  readonly registry: readonly RegistryWrite[];
  /** What Windows itself writes at each restart, after the boot marker. */
  readonly atBoot?: readonly RegistryWrite[];
  /** Milliseconds for which a restarting host cannot be reached; default 300. */
  readonly downMs?: number;
  /** How long a second of `shutdown /t` lasts, in milliseconds; default 100. */
  readonly secondMs?: number;
  readonly faults?: EmbeddedFaults;
  /** By what a boot can be told from another; default: by everything. */
  readonly bootSources?: readonly BootSource[];
}

/** A running embedded host on 127.0.0.1. */
export interface EmbeddedHost {
  readonly name: string;
  readonly port: number;
  readonly user: string;
  /** `ssh-ed25519 AAAA…`. */
  readonly hostKeyPublic: string;
  readonly log: readonly LogEntry[];
  readonly reboots: number;
  readonly registry: MemoryRegistry;
  readonly files: MemoryFiles;
  /** May be changed while the host runs. */
  readonly faults: EmbeddedFaults;
  /** HKEY_LOCAL_MACHINE, sorted, without volatile keys. */
  snapshotWrites(): RegistryWrite[];
  /** Cuts all connections, boots, and resolves once the host can be reached again. */
  reboot(): Promise<void>;
  /** Cuts all connections; the host stays up. */
  cutConnections(): void;
  /** Shows another host key from now on. */
  changeHostKey(): Promise<void>;
  stop(): Promise<void>;
}

const MEMORY = 'HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Memory Management';
const BOOT_KEY = `${MEMORY}\\PrefetchParameters`;
const SHUTDOWN_KEY = 'HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\Windows';
const VOLATILE = [
  'HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\WindowsUpdate\\Auto Update\\RebootRequired',
  'HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Component Based Servicing\\RebootPending',
  'HKEY_LOCAL_MACHINE\\HARDWARE',
].map((path) => path.toUpperCase());

/** Seconds between 1601 and 1970, the two epochs. */
const FILETIME_EPOCH = 11_644_473_600_000n;

const fileTimeHex = (milliseconds: number): string => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE((BigInt(milliseconds) + FILETIME_EPOCH) * 10_000n);
  return bytes.toString('hex');
};

const publicLine = (privateKey: string): string => {
  const key = parsed(privateKey);
  return `${key.type} ${key.getPublicSSH().toString('base64')}`;
};

const parsed = (text: string): ParsedKey => {
  const key = ssh2.utils.parseKey(text);
  if (key instanceof Error) throw key;
  return key;
};

const newKey = (): string => readableKeyPair().private;

const markBoot = (registry: MemoryRegistry, boot: Boot, isFirst: boolean): void => {
  const data = registry.value(BOOT_KEY, 'BootId')?.data;
  const last = data && 'number' in data ? Number(data.number) : 0;
  if (!boot.sources.includes('boot-id')) registry.deleteValue(BOOT_KEY, 'BootId');
  else if (!isFirst || last === 0) registry.set(BOOT_KEY, 'BootId', { type: 'REG_DWORD', number: last + 1 });
  boot.count += 1;
  // By the host's own clock a restart takes a minute, so that start times tell boots apart.
  boot.at = Math.max(Date.now(), isFirst ? 0 : boot.at + 60_000);
  registry.set(SHUTDOWN_KEY, 'ShutdownTime', { type: 'REG_BINARY', hex: fileTimeHex(Date.now()) });
};

class Host implements EmbeddedHost {
  readonly name: string;
  readonly user: string;
  readonly log: LogEntry[] = [];
  readonly registry: MemoryRegistry;
  readonly files: MemoryFiles;
  readonly faults: EmbeddedFaults;
  reboots = 0;
  port = 0;
  hostKeyPublic: string;
  readonly #options: EmbeddedOptions;
  readonly #server: SshServer;
  readonly #timer: RestartTimer;
  readonly #boots: Boot;
  #rebooting: Promise<void> | undefined;
  #isStopped = false;

  constructor(options: EmbeddedOptions) {
    this.#options = options;
    this.name = options.name;
    this.user = options.user ?? 'admin';
    this.faults = options.faults ?? {};
    const home = `C:\\Users\\${this.user}`;
    const folders = [`${home}\\AppData\\Local\\Temp`, 'C:\\Windows\\Temp', 'C:\\ProgramData'];
    this.files = new MemoryFiles(folders, () => this.faults.diskFull?.() ?? false);
    this.registry = new MemoryRegistry((path) => VOLATILE.includes(path.toUpperCase()));
    this.registry.apply(options.registry);
    this.#boots = { sources: options.bootSources ?? ['boot-id', 'events', 'wmic'], count: 0, at: 0 };
    markBoot(this.registry, this.#boots, true);
    this.#timer = new RestartTimer(options.secondMs ?? 100, () => void this.reboot());
    const machine: Machine = {
      name: this.name,
      user: this.user,
      home,
      registry: this.registry,
      files: this.files,
      exported: new Set(),
      log: this.log,
      faults: this.faults,
      power: this.#timer,
      boot: this.#boots,
    };
    const hostKey = options.hostKey ?? newKey();
    this.hostKeyPublic = publicLine(hostKey);
    const keys = (options.authorizedKeys ?? []).map(parsed);
    this.#server = new SshServer({
      machine,
      hostKey,
      logins: { users: [this.user, ...(options.otherUsers ?? [])], password: options.password, keys },
      shell: options.shell ?? 'cmd',
    });
  }

  async start(): Promise<void> {
    this.port = await this.#server.listen(this.port || (this.#options.port ?? 0));
  }

  snapshotWrites(): RegistryWrite[] {
    return this.registry.writes();
  }

  reboot(): Promise<void> {
    this.#rebooting ??= this.#boot().finally(() => {
      this.#rebooting = undefined;
    });
    return this.#rebooting;
  }

  async #boot(): Promise<void> {
    this.#timer.abort();
    await this.#server.close();
    this.reboots += 1;
    this.registry.dropVolatile();
    markBoot(this.registry, this.#boots, false);
    this.registry.apply(this.#options.atBoot ?? []);
    await new Promise((resolve) => setTimeout(resolve, this.#options.downMs ?? 300));
    if (!this.#isStopped) await this.start();
  }

  cutConnections(): void {
    this.#server.cut();
  }

  async changeHostKey(): Promise<void> {
    const hostKey = newKey();
    await this.#server.close();
    this.#server.useHostKey(hostKey);
    this.hostKeyPublic = publicLine(hostKey);
    await this.start();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#timer.abort();
    await this.#rebooting;
    await this.#server.close();
  }
}

/**
 * Starts a Windows-like host as an SSH server in this process. Errors: the port is taken, or a key cannot be read
 * (Node's and ssh2's own errors).
 */
export const startEmbeddedHost = async (options: EmbeddedOptions): Promise<EmbeddedHost> => {
  const host = new Host(options);
  await host.start();
  return host;
};
