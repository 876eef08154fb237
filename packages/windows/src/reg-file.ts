import { RatchetError, type RegistryData, type RegistryWrite } from '@ratchet/core';

const HEADER = 'Windows Registry Editor Version 5.00';
const TYPE_NUMBERS = {
  REG_NONE: 0,
  REG_SZ: 1,
  REG_EXPAND_SZ: 2,
  REG_BINARY: 3,
  REG_MULTI_SZ: 7,
  REG_QWORD: 11,
} as const;

const escaped = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('"', '\\"');
const wide = (text: string): Uint8Array => Buffer.from(`${text}\0`, 'utf16le');

const hexList = (typeNumber: number, bytes: Uint8Array): string => {
  const tag = typeNumber === 3 ? 'hex' : `hex(${typeNumber.toString(16)})`;
  return `${tag}:${[...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(',')}`;
};

const quadword = (number: bigint): Uint8Array => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(number);
  return bytes;
};

const dataText = (data: RegistryData): string => {
  switch (data.type) {
    case 'REG_DWORD':
      return `dword:${data.number.toString(16).padStart(8, '0')}`;
    case 'REG_SZ':
      // A quoted string cannot hold a line feed or a NUL.
      return /[\r\n\0]/.test(data.text) ? hexList(1, wide(data.text)) : `"${escaped(data.text)}"`;
    case 'REG_EXPAND_SZ':
      return hexList(TYPE_NUMBERS.REG_EXPAND_SZ, wide(data.text));
    case 'REG_MULTI_SZ':
      return hexList(TYPE_NUMBERS.REG_MULTI_SZ, wide(data.items.map((item) => `${item}\0`).join('')));
    case 'REG_QWORD':
      return hexList(TYPE_NUMBERS.REG_QWORD, quadword(data.number));
    case 'REG_BINARY':
    case 'REG_NONE':
      return hexList(TYPE_NUMBERS[data.type], Buffer.from(data.hex, 'hex'));
    case 'other':
      return hexList(data.typeNumber, Buffer.from(data.hex, 'hex'));
  }
};

const nameText = (name: string): string => (name === '' ? '@' : `"${escaped(name)}"`);

interface Block {
  readonly head: string;
  readonly lines: string[];
}

const blocksOf = (writes: readonly RegistryWrite[]): readonly Block[] => {
  const blocks: Block[] = [];
  for (const write of writes) {
    const head = write.op === 'delete-key' ? `[-${write.path}]` : `[${write.path}]`;
    const last = blocks.at(-1);
    const block = last?.head === head ? last : { head, lines: [] };
    if (block !== last) blocks.push(block);
    if (write.op === 'set') block.lines.push(`${nameText(write.name)}=${dataText(write.data)}`);
    if (write.op === 'delete-value') block.lines.push(`${nameText(write.name)}=-`);
  }
  return blocks;
};

/** Registry writes as `.reg` text, format 5.00, CRLF (KB310516). `comments` stand at the top, one line each. */
export const encodeReg = (writes: readonly RegistryWrite[], comments: readonly string[] = []): string => {
  const blocks = blocksOf(writes).flatMap(({ head, lines }) => [head, ...lines, '']);
  const notes = comments.map((line) => `; ${line.replace(/[\r\n]+/g, ' ')}`);
  return `${[HEADER, '', ...notes, ...(notes.length > 0 ? [''] : []), ...blocks].join('\r\n')}\r\n`;
};

/** The text as `reg export` writes it and `reg import` reads it: UTF-16LE with a byte order mark. */
export const regBytes = (text: string): Uint8Array => Buffer.from(`\ufeff${text}`, 'utf16le');

const textOf = (bytes: Uint8Array): string => {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return Buffer.from(bytes.subarray(2)).toString('utf16le');
  return Buffer.from(bytes)
    .toString('utf8')
    .replace(/^\ufeff/, '');
};

const damaged = (what: string): RatchetError => new RatchetError('host-output', `Not a .reg file: ${what}`);

/** A quoted string from its opening quote, and where the rest begins; it may span lines. */
const quoted = (text: string, start: number): { readonly value: string; readonly end: number } => {
  let value = '';
  for (let index = start + 1; index < text.length; index++) {
    const char = text[index] as string;
    if (char === '"') return { value, end: index + 1 };
    const next = text[index + 1] ?? '';
    if (char === '\\') index++;
    // Wine's export writes line ends as \n and \r; Windows doubles every backslash, so it never means these.
    value += char !== '\\' ? char : next === 'n' ? '\n' : next === 'r' ? '\r' : next;
  }
  throw damaged('a string does not end');
};

const lineEnd = (text: string, start: number): number => {
  const end = text.indexOf('\n', start);
  return end < 0 ? text.length : end;
};

const logicalLine = (text: string, start: number): { readonly line: string; readonly end: number } => {
  let end = lineEnd(text, start);
  let line = text.slice(start, end).trim();
  while (line.endsWith('\\') && end < text.length) {
    const next = lineEnd(text, end + 1);
    line = line.slice(0, -1) + text.slice(end + 1, next).trim();
    end = next;
  }
  return { line, end };
};

const withoutEnd = (bytes: Buffer): string => bytes.toString('utf16le').replace(/\0$/, '');

const multi = (bytes: Buffer): readonly string[] => {
  const items = bytes.toString('utf16le').split('\0');
  const end = items.indexOf('');
  return end < 0 ? items : items.slice(0, end);
};

/** Raw bytes of a registry type as typed data; a size that does not fit its type stays bytes. */
export const typedData = (typeNumber: number, bytes: Buffer): RegistryData => {
  const hex = bytes.toString('hex');
  if (typeNumber === 0) return { type: 'REG_NONE', hex };
  if (typeNumber === 1) return { type: 'REG_SZ', text: withoutEnd(bytes) };
  if (typeNumber === 2) return { type: 'REG_EXPAND_SZ', text: withoutEnd(bytes) };
  if (typeNumber === 3) return { type: 'REG_BINARY', hex };
  if (typeNumber === 4 && bytes.length === 4) return { type: 'REG_DWORD', number: bytes.readUInt32LE() };
  if (typeNumber === 7) return { type: 'REG_MULTI_SZ', items: multi(bytes) };
  if (typeNumber === 11 && bytes.length === 8) return { type: 'REG_QWORD', number: bytes.readBigUInt64LE() };
  return { type: 'other', typeNumber, hex };
};

const dataOf = (line: string): RegistryData => {
  const dword = /^dword:([0-9a-f]{1,8})$/i.exec(line);
  if (dword) return { type: 'REG_DWORD', number: Number.parseInt(dword[1] as string, 16) };
  const hex = /^hex(?:\(([0-9a-f]{1,8})\))?:([0-9a-f,]*)$/i.exec(line.replace(/\s/g, ''));
  if (!hex) throw damaged(`no value: ${line}`);
  const bytes = (hex[2] as string).split(',').filter((part) => part !== '');
  return typedData(
    hex[1] === undefined ? 3 : Number.parseInt(hex[1], 16),
    Buffer.from(bytes.map((part) => Number.parseInt(part, 16))),
  );
};

/** What a `.reg` file asks for, in order. Errors: `host-output` when it is none. */
export const decodeReg = (source: string | Uint8Array): readonly RegistryWrite[] => {
  const text = typeof source === 'string' ? source.replace(/^\ufeff/, '') : textOf(source);
  const first = lineEnd(text, 0);
  if (![HEADER, 'REGEDIT4'].includes(text.slice(0, first).trim())) throw damaged('no header');
  const writes: RegistryWrite[] = [];
  let path: string | undefined;
  let at = first + 1;
  while (at < text.length) {
    const char = text[at] as string;
    if (/\s/.test(char)) at++;
    else if (char === ';') at = lineEnd(text, at) + 1;
    else if (char === '[') {
      const end = lineEnd(text, at);
      const key = text.slice(at, end).trim();
      const gone = key[1] === '-';
      const named = key.slice(gone ? 2 : 1, -1);
      writes.push({ op: gone ? 'delete-key' : 'create-key', path: named });
      path = gone ? undefined : named;
      at = end + 1;
    } else {
      const name = char === '"' ? quoted(text, at) : { value: '', end: at + 1 };
      if ((char !== '"' && char !== '@') || text[name.end] !== '=' || path === undefined)
        throw damaged(text.slice(at, lineEnd(text, at)).trim());
      if (text[name.end + 1] === '"') {
        const value = quoted(text, name.end + 1);
        writes.push({ op: 'set', path, name: name.value, data: { type: 'REG_SZ', text: value.value } });
        at = value.end;
      } else {
        const { line, end } = logicalLine(text, name.end + 1);
        writes.push(
          line === '-'
            ? { op: 'delete-value', path, name: name.value }
            : { op: 'set', path, name: name.value, data: dataOf(line) },
        );
        at = end + 1;
      }
    }
  }
  return writes;
};
