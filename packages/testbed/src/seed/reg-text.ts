import type { RegistryData, RegistryWrite } from '@ratchet/core';

const TYPE_NUMBERS = {
  REG_NONE: 0,
  REG_SZ: 1,
  REG_EXPAND_SZ: 2,
  REG_BINARY: 3,
  REG_MULTI_SZ: 7,
  REG_QWORD: 11,
} as const;

const escaped = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('"', '\\"');

const hexList = (typeNumber: number, bytes: Uint8Array): string => {
  const tag = typeNumber === 3 ? 'hex' : `hex(${typeNumber.toString(16)})`;
  return `${tag}:${[...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(',')}`;
};

const wide = (text: string): Uint8Array => Buffer.from(`${text}\0`, 'utf16le');

const dataText = (data: RegistryData): string => {
  switch (data.type) {
    case 'REG_DWORD':
      return `dword:${data.number.toString(16).padStart(8, '0')}`;
    case 'REG_SZ':
      return /[\r\n\0]/.test(data.text) ? hexList(1, wide(data.text)) : `"${escaped(data.text)}"`;
    case 'REG_EXPAND_SZ':
      return hexList(TYPE_NUMBERS.REG_EXPAND_SZ, wide(data.text));
    case 'REG_MULTI_SZ':
      return hexList(TYPE_NUMBERS.REG_MULTI_SZ, wide(data.items.map((item) => `${item}\0`).join('')));
    case 'REG_QWORD': {
      const bytes = Buffer.alloc(8);
      bytes.writeBigUInt64LE(data.number);
      return hexList(TYPE_NUMBERS.REG_QWORD, bytes);
    }
    case 'REG_BINARY':
    case 'REG_NONE':
      return hexList(TYPE_NUMBERS[data.type], Buffer.from(data.hex, 'hex'));
    case 'other':
      return hexList(data.typeNumber, Buffer.from(data.hex, 'hex'));
  }
};

const nameText = (name: string): string => (name === '' ? '@' : `"${escaped(name)}"`);

const lines = (write: RegistryWrite): string[] => {
  switch (write.op) {
    case 'set':
      return [`[${write.path}]`, `${nameText(write.name)}=${dataText(write.data)}`];
    case 'delete-value':
      return [`[${write.path}]`, `${nameText(write.name)}=-`];
    case 'create-key':
      return [`[${write.path}]`];
    case 'delete-key':
      return [`[-${write.path}]`];
  }
};

/** Registry writes as `.reg` text (CRLF, without the byte order mark). */
export const regText = (writes: readonly RegistryWrite[]): string =>
  `${['Windows Registry Editor Version 5.00', '', ...writes.flatMap((write) => [...lines(write), ''])].join('\r\n')}\r\n`;
