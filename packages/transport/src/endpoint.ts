/** What to do with a host key that no known_hosts file has: `yes` refuses it, `accept-new` stores it, `no` takes any key. */
export type HostKeyChecking = 'yes' | 'accept-new' | 'no';

export interface HostKeySettings {
  readonly checking: HostKeyChecking;
  /** Files of the user; a new key is appended to the first. */
  readonly userFiles: readonly string[];
  readonly globalFiles: readonly string[];
  /** Looked up in the files in the place of the address (HostKeyAlias). */
  readonly alias?: string | undefined;
}

/** One SSH server: how to reach it, how to know it, how to log in to it. */
export interface Endpoint {
  readonly address: string;
  readonly port: number;
  readonly user: string;
  readonly password?: string | undefined;
  /** Opens the private key files that are encrypted. */
  readonly passphrase?: string | undefined;
  /** Private key files that must be readable, in the order in which they are tried. */
  readonly identityFiles: readonly string[];
  /** Private key files tried when they are there (the default names). */
  readonly optionalIdentityFiles: readonly string[];
  /** The agent's socket; undefined when there is none or IdentitiesOnly is set. */
  readonly agent?: string | undefined;
  readonly hostKeys: HostKeySettings;
  readonly connectTimeoutMs: number;
  /** 0 switches keepalives off. */
  readonly keepaliveIntervalMs: number;
  readonly keepaliveCountMax: number;
}

/** How to talk to one host of the inventory. `host` is its name there. */
export type ConnectionSettings =
  | {
      readonly kind: 'ssh';
      readonly host: string;
      readonly endpoint: Endpoint;
      /** The hops before it, the nearest first. */
      readonly jumps: readonly Endpoint[];
    }
  | {
      readonly kind: 'openssh';
      readonly host: string;
      readonly address: string;
      /** Options for the system's `ssh` and `sftp`, one argument each, complete but for the address and the command. */
      readonly args: readonly string[];
      readonly connectTimeoutMs: number;
    }
  | {
      readonly kind: 'local';
      readonly host: string;
      /** Where its commands begin; the current folder unless told. */
      readonly folder?: string;
    };
