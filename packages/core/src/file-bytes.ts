const VAULT = new TextEncoder().encode('$ANSIBLE_VAULT;');

/** Whether the content of a file is a vault of Ansible's. */
export const isVault = (bytes: Uint8Array): boolean => VAULT.every((byte, index) => bytes[index] === byte);

/** The text of these bytes, a byte order mark included; undefined where they are no UTF-8, of which a text would be something else. */
export const utf8Text = (bytes: Uint8Array): string | undefined => {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return undefined;
    throw thrown;
  }
};
