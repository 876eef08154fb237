import ssh2 from 'ssh2';

/** A fresh key pair in OpenSSH's formats. */
export interface KeyPair {
  readonly privateKey: string;
  /** `ssh-ed25519 AAAA…`, without a comment. */
  readonly publicKey: string;
}

/** An ed25519 key pair of ssh2's making. It now and then makes one that it cannot read itself: such a one is thrown away. */
export const readableKeyPair = (): { readonly private: string; readonly public: string } => {
  for (;;) {
    const pair = ssh2.utils.generateKeyPairSync('ed25519');
    if (!(ssh2.utils.parseKey(pair.private) instanceof Error)) return pair;
  }
};

/** Makes an ed25519 key pair. */
export const newKeyPair = (): KeyPair => {
  const pair = readableKeyPair();
  return {
    privateKey: `${pair.private.trimEnd()}\n`,
    publicKey: pair.public.trim().split(' ').slice(0, 2).join(' '),
  };
};
