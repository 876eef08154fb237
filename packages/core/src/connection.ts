/** The end of a remote command. `code` is null when the channel ended without one (cut, or killed: see `signal`). */
export interface ExecResult {
  readonly code: number | null;
  readonly signal?: string;
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
}

export interface ExecOptions {
  /** Sent on standard input, which is then closed; without it standard input is closed at once. */
  readonly stdin?: string | Uint8Array;
  /** Milliseconds until the command is cut with `timeout`. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  /** Variables for the command, beside those it has anyway; hosts know how to set them (`HostReader.query`, `HostWriter.run`). */
  readonly env?: Readonly<Record<string, string>>;
  /** More output than this is an error (`host-output`); default 64 MiB. */
  readonly maxOutputBytes?: number;
  /** Keeps standard input open (`stdin` is not given then) and hands it over once the command runs. Whoever gets it ends it. */
  readonly talk?: (input: CommandInput) => void;
  /** Takes the output as it comes; it is then neither collected nor bounded. */
  readonly onOutput?: (stream: 'stdout' | 'stderr', chunk: Uint8Array) => void;
}

/** The standard input of a command that runs. Writing to one that has ended does nothing. */
export interface CommandInput {
  write(bytes: string | Uint8Array): void;
  end(): void;
}

/** Files over SFTP. Paths as Windows' sshd takes them: relative to the profile folder, or `/C:/dir/file`. */
export interface FileTransfer {
  read(path: string): Promise<Uint8Array>;
  /**
   * Writes a whole file; `exclusive` fails with details `{exists: true}` when it is there. `inPlace` writes over a file of the same
   * size, so that nobody finds it empty meanwhile, and fails with details `{missing: true}` when there is none.
   */
  write(
    path: string,
    bytes: Uint8Array,
    options?: { readonly exclusive?: boolean; readonly inPlace?: boolean },
  ): Promise<void>;
  /** When it was last written: seconds since 1970 by the host's own clock. */
  modified(path: string): Promise<number>;
  remove(path: string): Promise<void>;
  exists(path: string): Promise<boolean>;
  makeFolder(path: string): Promise<void>;
  /** When a file was last read and written, in seconds since 1970; absent where the transfer cannot tell. */
  times?(path: string): Promise<{ readonly atime: number; readonly mtime: number }>;
}

/**
 * One connection to one host; commands and file transfers share it. It connects at first use. After the link was lost
 * the next call connects again by itself. Errors: `unreachable`, `host-key`, `auth`, `timeout`.
 */
export interface Connection {
  /** The inventory's name of the host, for messages. */
  readonly host: string;
  readonly kind: 'ssh' | 'openssh' | 'local';
  exec(command: string, options?: ExecOptions): Promise<ExecResult>;
  readonly files: FileTransfer;
  /** Drops the link (before and after a restart); the next call makes a new one. */
  reset(): Promise<void>;
  close(): Promise<void>;
}
