import type { Connection, ExecOptions } from './connection.js';
import type { HostFiles } from './files.js';
import type { RegistryAnswer, RegistryFinding, RegistryQuery, RegistryWrite } from './registry.js';

/** What a command on a host gave, decoded. `rc` is the full 32-bit code. */
export interface CommandOutput {
  readonly rc: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What is known of the Windows on a host. */
export interface WindowsVersion {
  /** That of Windows itself: AMD64, x86, ARM64. */
  readonly architecture: string;
  readonly is64Bit: boolean;
  /** CurrentBuild, e.g. 9600. */
  readonly build: number;
  /** Update build revision; 0 where Windows has none. */
  readonly ubr: number;
  readonly productName: string;
  /** `6.3` and the like, derived from the build (CurrentVersion is stuck at 6.3 since Windows 10). */
  readonly version: string;
}

/** What tells one boot from the next; any part may be missing. */
export interface BootMarker {
  readonly bootId: number | null;
  /** The newest start event of the System log, `6005/1234`: its number and its record. */
  readonly bootEvent?: string | null;
  /** FILETIME as decimal digits, when known. */
  readonly bootTime: string | null;
}

/**
 * Reads a Windows host. Calls made in the same turn of the event loop go to the host together as one command, so start
 * independent reads with `Promise.all`.
 */
export interface HostReader {
  readonly name: string;
  /** One answer per query, in order. */
  registry(queries: readonly RegistryQuery[]): Promise<readonly RegistryAnswer[]>;
  /** As `registry`, at the same cost, also telling how much of the way to a missing key exists. */
  lookUp(queries: readonly RegistryQuery[]): Promise<readonly RegistryFinding[]>;
  windows(): Promise<WindowsVersion>;
  /** What tells the host's boot; with `against` only what can be compared with one of these. */
  bootMarker(options?: Pick<ExecOptions, 'timeoutMs' | 'signal'>, against?: readonly BootMarker[]): Promise<BootMarker>;
  /** A command that only reads (the module vouches for it), in the host's cmd.exe. */
  query(command: string, options?: ExecOptions): Promise<CommandOutput>;
}

/** How a PowerShell script runs. */
export interface PowerShellOptions extends ExecOptions {
  /** The folder that it runs in. */
  readonly chdir?: string;
  /** In a process of its own; also what `stdin` brings about. Default: in the host's warm process, in a runspace of its own. */
  readonly ownProcess?: boolean;
  /** Runs the user's profile scripts first, where there are any; a process of its own then. */
  readonly profile?: boolean;
  /** The program, for a process of its own; default `powershell`. */
  readonly executable?: string;
}

/** Changes a host. Only `apply` and action modules are given one. */
export interface HostWriter extends HostReader {
  /** All writes in one `reg import`, all or an error. */
  writeRegistry(writes: readonly RegistryWrite[]): Promise<void>;
  /** A command as the user wrote it, in cmd.exe (Windows) or /bin/sh (local). */
  run(command: string, options?: ExecOptions & { readonly chdir?: string }): Promise<CommandOutput>;
  /**
   * A PowerShell script: code and output are what `powershell -Command` would give. Errors: `not-supported` where no PowerShell
   * starts, `timeout`, `host-output`, `unreachable`.
   */
  powershell(script: string, options?: PowerShellOptions): Promise<CommandOutput>;
  readonly connection: Connection;
  /** The host's files; Windows paths on Windows. */
  readonly files: HostFiles;
}
