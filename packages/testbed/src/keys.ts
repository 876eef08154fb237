import ssh2 from 'ssh2';

/** A fresh key pair in OpenSSH's formats. */
export interface KeyPair {
  readonly privateKey: string;
  /** `ssh-ed25519 AAAA…`, without a comment. */
  readonly publicKey: string;
}

/** Makes an ed25519 key pair. */
export const newKeyPair = (): KeyPair => {
  const pair = ssh2.utils.generateKeyPairSync('ed25519');
  return {
    privateKey: `${pair.private.trimEnd()}\n`,
    publicKey: pair.public.trim().split(' ').slice(0, 2).join(' '),
  };
};
