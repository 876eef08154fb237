import type { LogEntry } from './log-entry.js';

/** What a host is started with, whatever its kind. */
export interface HostStart {
  readonly name: string;
  /** The host's own folder in the testbed's folder. */
  readonly folder: string;
  readonly shell: 'cmd' | 'powershell';
  /** Whether the real PowerShell is wanted. */
  readonly powershell: boolean;
  /** Who else may log in, with the same key. */
  readonly otherUsers: readonly string[];
  /** OpenSSH private key of the host. */
  readonly hostKey: string;
  /** The one public key that may log in. */
  readonly clientPublicKey: string;
  /** `.reg` text to import after the start that follows this many reboots. */
  readonly seedText: (reboots: number) => string;
  /** Called when a reboot that the host itself asked for fails. */
  readonly onFailure: (error: unknown) => void;
}

/** A started host, whatever its kind. */
export interface RunningHost {
  readonly name: string;
  readonly port: number;
  /** The account that logs in. */
  readonly user: string;
  /** How often it has restarted since it was started. */
  readonly reboots: number;
  log(): Promise<LogEntry[]>;
  /** `reg export` of these keys, which must be there, decoded. */
  exportTexts(keys: readonly string[]): Promise<string[]>;
  /** Cuts the connections, stops, starts again with the next boot marker. */
  reboot(): Promise<void>;
  /** Ends every process of the host and removes what it had on disk outside its folder. */
  stop(): Promise<void>;
}
