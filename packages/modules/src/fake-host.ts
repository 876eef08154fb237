import type {
  BootMarker,
  CommandOutput,
  Connection,
  HostFiles,
  HostReader,
  HostWriter,
  RegistryAnswer,
  RegistryData,
  RegistryFinding,
  RegistryKey,
  RegistryQuery,
  RegistryWrite,
  WindowsVersion,
} from '@ratchet/core';

interface StoredKey {
  readonly path: string;
  readonly values: Map<string, { readonly name: string; readonly data: RegistryData }>;
}

const SERVER_2012_R2: WindowsVersion = {
  architecture: 'AMD64',
  is64Bit: true,
  build: 9600,
  ubr: 17031,
  productName: 'Windows Server 2012 R2 Standard',
  version: '6.3',
};

const OK: CommandOutput = { rc: 0, stdout: '', stderr: '' };

const refuseFiles = (): Promise<never> => Promise.reject(new Error('the fake host has no files'));

/** Files that no test may touch. */
export const noFiles = new Proxy({} as HostFiles, {
  get: () => refuseFiles,
});

/** What a test may choose of a fake host. */
export interface FakeHostOptions {
  readonly windows?: Partial<WindowsVersion>;
  /** Answers `run` and `query`. */
  readonly command?: (command: string, options: unknown) => CommandOutput | Promise<CommandOutput>;
  /** Answers `powershell`. */
  readonly powershell?: (script: string, options: unknown) => CommandOutput | Promise<CommandOutput>;
  readonly bootMarker?: () => Promise<BootMarker>;
  readonly kind?: Connection['kind'];
  readonly files?: HostFiles;
}

/** A Windows host in memory, for the tests of modules: names ignore case and keep the first spelling. */
export class FakeHost implements HostWriter {
  readonly name = 'fake';
  readonly writes: RegistryWrite[] = [];
  readonly commands: string[] = [];
  readonly runOptions: unknown[] = [];
  readonly queries: (readonly RegistryQuery[])[] = [];
  resets = 0;
  /** How often the registry was asked, where all that is asked in one turn goes together. */
  roundTrips = 0;
  #turn: Promise<void> | undefined;
  readonly connection: Connection;
  readonly files: HostFiles;
  readonly #keys = new Map<string, StoredKey>();
  readonly #options: FakeHostOptions;

  constructor(options: FakeHostOptions = {}) {
    this.#options = options;
    this.files = options.files ?? noFiles;
    this.connection = {
      host: this.name,
      kind: options.kind ?? 'ssh',
      exec: () => Promise.reject(new Error('modules talk to the host ports, not to the connection')),
      files: {
        read: refuseFiles,
        write: refuseFiles,
        remove: refuseFiles,
        modified: refuseFiles,
        exists: refuseFiles,
        makeFolder: refuseFiles,
      },
      reset: async () => {
        this.resets++;
      },
      close: async () => undefined,
    };
  }

  /** The reading half alone, as `read` gets it. */
  get reader(): HostReader {
    return {
      name: this.name,
      registry: (queries) => this.registry(queries),
      lookUp: (queries) => this.lookUp(queries),
      windows: () => this.windows(),
      bootMarker: () => this.bootMarker(),
      query: (command) => this.query(command),
    };
  }

  async registry(queries: readonly RegistryQuery[]): Promise<readonly RegistryAnswer[]> {
    this.queries.push(queries);
    if (!this.#turn) {
      this.roundTrips++;
      this.#turn = new Promise((resolve) => {
        setImmediate(() => {
          this.#turn = undefined;
          resolve();
        });
      });
    }
    await this.#turn;
    return queries.map(({ path, tree }) => this.#answer(path, tree === true));
  }

  async lookUp(queries: readonly RegistryQuery[]): Promise<readonly RegistryFinding[]> {
    const keys = await this.registry(queries);
    return keys.map((key, index) => {
      if (key !== null) return { key };
      const parts = (queries[index]?.path ?? '').split('\\');
      const parents = parts.slice(1).map((_, at) => parts.slice(0, parts.length - 1 - at).join('\\'));
      return { key, above: parents.find((parent) => this.#keys.has(parent.toLowerCase())) ?? null };
    });
  }

  async windows(): Promise<WindowsVersion> {
    return { ...SERVER_2012_R2, ...this.#options.windows };
  }

  async bootMarker(): Promise<BootMarker> {
    return this.#options.bootMarker?.() ?? { bootId: 1, bootTime: null };
  }

  async query(command: string): Promise<CommandOutput> {
    this.commands.push(command);
    return this.#options.command?.(command, undefined) ?? OK;
  }

  async run(command: string, options?: unknown): Promise<CommandOutput> {
    this.commands.push(command);
    this.runOptions.push(options);
    return this.#options.command?.(command, options) ?? OK;
  }

  async powershell(script: string, options?: unknown): Promise<CommandOutput> {
    this.commands.push(script);
    this.runOptions.push(options);
    return this.#options.powershell?.(script, options) ?? OK;
  }

  async writeRegistry(writes: readonly RegistryWrite[]): Promise<void> {
    this.writes.push(...writes);
    for (const write of writes) this.put(write);
  }

  /** Seeds: the same as a write, unlogged. */
  put(write: RegistryWrite): void {
    const low = write.path.toLowerCase();
    switch (write.op) {
      case 'create-key':
        this.#make(write.path);
        return;
      case 'set': {
        const { values } = this.#make(write.path);
        const name = values.get(write.name.toLowerCase())?.name ?? write.name;
        values.set(write.name.toLowerCase(), { name, data: write.data });
        return;
      }
      case 'delete-value':
        this.#keys.get(low)?.values.delete(write.name.toLowerCase());
        return;
      case 'delete-key':
        for (const key of [...this.#keys.keys()]) {
          if (key === low || key.startsWith(`${low}\\`)) this.#keys.delete(key);
        }
    }
  }

  /** Every value under a path as `path name` to data, and every key as `path` to null. */
  dump(top: string): ReadonlyMap<string, RegistryData | null> {
    const dump = new Map<string, RegistryData | null>();
    for (const [low, key] of this.#keys) {
      if (low !== top.toLowerCase() && !low.startsWith(`${top.toLowerCase()}\\`)) continue;
      dump.set(key.path, null);
      for (const { name, data } of key.values.values()) dump.set(`${key.path} ${name}`, data);
    }
    return dump;
  }

  #make(path: string): StoredKey {
    const parts = path.split('\\');
    for (let count = 1; count <= parts.length; count++) {
      const parent = parts.slice(0, count).join('\\');
      if (!this.#keys.has(parent.toLowerCase()))
        this.#keys.set(parent.toLowerCase(), { path: parent, values: new Map() });
    }
    return this.#keys.get(path.toLowerCase()) as StoredKey;
  }

  #answer(path: string, tree: boolean): RegistryKey | null {
    const key = this.#keys.get(path.toLowerCase());
    if (!key) return null;
    const prefix = `${path.toLowerCase()}\\`;
    const children = [...this.#keys].filter(
      ([low]) => low.startsWith(prefix) && !low.slice(prefix.length).includes('\\'),
    );
    const subkeys = children.map(
      ([, child]) => (tree ? this.#answer(child.path, true) : null) ?? { path: child.path, values: [], subkeys: [] },
    );
    return { path: key.path, values: [...key.values.values()], subkeys };
  }
}
