import type { RegistryData, RegistryKey, RegistryWrite } from '@ratchet/core';

/** A text that `reg import` does not take. */
export class RegFileError extends Error {}

const HEADERS = ['Windows Registry Editor Version 5.00', 'REGEDIT4'];

const decode = (bytes: Uint8Array): string => {
  const buffer = Buffer.from(bytes);
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return buffer.subarray(2).toString('utf16le');
  return buffer.toString('latin1');
};

/** Wine's export writes line ends so; Windows' writes them as they are. A backslash itself is always doubled. */
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r' };

/** A quoted string's text and where the rest begins; the text may span lines. */
const quoted = (text: string, start: number): { value: string; end: number } => {
  let value = '';
  for (let index = start + 1; index < text.length; index += 1) {
    const char = text[index];
    if (char === '"') return { value, end: index + 1 };
    if (char === '\\') {
      index += 1;
      const next = text[index] ?? '';
      value += ESCAPES[next] ?? next;
    } else value += char;
  }
  throw new RegFileError('a string does not end');
};

const lineEnd = (text: string, start: number): number => {
  const end = text.indexOf('\n', start);
  return end < 0 ? text.length : end;
};

/** The rest of a logical line: a `\` at the end of a line joins the next one. */
const logicalLine = (text: string, start: number): { line: string; end: number } => {
  let end = lineEnd(text, start);
  let line = text.slice(start, end).trim();
  while (line.endsWith('\\') && end < text.length) {
    const next = lineEnd(text, end + 1);
    line = line.slice(0, -1) + text.slice(end + 1, next).trim();
    end = next;
  }
  return { line, end };
};

const utf16 = (bytes: Buffer): string => bytes.toString('utf16le');

const upToNul = (text: string): string => {
  const end = text.indexOf('\0');
  return end < 0 ? text : text.slice(0, end);
};

const multi = (text: string): readonly string[] => {
  const items: string[] = [];
  for (const item of text.split('\0')) {
    if (item === '') break;
    items.push(item);
  }
  return items;
};

/** Raw bytes of a registry type as typed data. */
const typed = (typeNumber: number, bytes: Buffer): RegistryData => {
  const hex = bytes.toString('hex');
  if (typeNumber === 0) return { type: 'REG_NONE', hex };
  if (typeNumber === 1) return { type: 'REG_SZ', text: upToNul(utf16(bytes)) };
  if (typeNumber === 2) return { type: 'REG_EXPAND_SZ', text: upToNul(utf16(bytes)) };
  if (typeNumber === 3) return { type: 'REG_BINARY', hex };
  if (typeNumber === 4 && bytes.length === 4) return { type: 'REG_DWORD', number: bytes.readUInt32LE() };
  if (typeNumber === 7) return { type: 'REG_MULTI_SZ', items: multi(utf16(bytes)) };
  if (typeNumber === 11 && bytes.length === 8) return { type: 'REG_QWORD', number: bytes.readBigUInt64LE() };
  return { type: 'other', typeNumber, hex };
};

const dataOf = (line: string): RegistryData => {
  const dword = /^dword:([0-9a-f]{1,8})$/i.exec(line);
  if (dword) return { type: 'REG_DWORD', number: Number.parseInt(dword[1] ?? '', 16) };
  const hex = /^hex(?:\(([0-9a-f]{1,8})\))?:((?:[0-9a-f]{1,2}(?:,|$))*)$/i.exec(line.replace(/\s/g, ''));
  if (!hex) throw new RegFileError(`not a value: ${line}`);
  const bytes = (hex[2] ?? '').split(',').filter((part) => part !== '');
  const typeNumber = hex[1] === undefined ? 3 : Number.parseInt(hex[1], 16);
  return typed(typeNumber, Buffer.from(bytes.map((part) => Number.parseInt(part, 16))));
};

/** The writes that a `.reg` file asks for, in order. Errors: `RegFileError`. */
export const parseRegFile = (bytes: Uint8Array): RegistryWrite[] => {
  const text = decode(bytes);
  const first = lineEnd(text, 0);
  if (!HEADERS.includes(text.slice(0, first).trim())) throw new RegFileError('no .reg header');
  const writes: RegistryWrite[] = [];
  let path: string | null = null;
  let at = first + 1;
  while (at < text.length) {
    const char = text[at];
    if (char === undefined || /\s/.test(char)) {
      at += 1;
      continue;
    }
    if (char === '[') {
      const end = lineEnd(text, at);
      const key = text.slice(at, end).trim();
      if (!key.endsWith(']')) throw new RegFileError(`not a key: ${key}`);
      const isDelete = key[1] === '-';
      const keyPath: string = key.slice(isDelete ? 2 : 1, -1);
      writes.push({ op: isDelete ? 'delete-key' : 'create-key', path: keyPath });
      path = isDelete ? null : keyPath;
      at = end + 1;
      continue;
    }
    if (char === ';') {
      at = lineEnd(text, at) + 1;
      continue;
    }
    const name = char === '"' ? quoted(text, at) : { value: '', end: at + 1 };
    if ((char !== '"' && char !== '@') || text[name.end] !== '=' || path === null)
      throw new RegFileError(`not understood: ${text.slice(at, lineEnd(text, at)).trim()}`);
    if (text[name.end + 1] === '"') {
      const value = quoted(text, name.end + 1);
      writes.push({ op: 'set', path, name: name.value, data: { type: 'REG_SZ', text: value.value } });
      at = value.end;
      continue;
    }
    const { line, end } = logicalLine(text, name.end + 1);
    if (line === '-') writes.push({ op: 'delete-value', path, name: name.value });
    else writes.push({ op: 'set', path, name: name.value, data: dataOf(line) });
    at = end + 1;
  }
  return writes;
};

const escaped = (text: string): string => text.replace(/[\\"]/g, (char) => `\\${char}`);

const bytesLine = (prefix: string, bytes: Uint8Array): string =>
  `${prefix}${[...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(',')}`;

const dataText = (data: RegistryData): string => {
  switch (data.type) {
    case 'REG_SZ':
      return `"${escaped(data.text)}"`;
    case 'REG_EXPAND_SZ':
      return bytesLine('hex(2):', Buffer.from(`${data.text}\0`, 'utf16le'));
    case 'REG_DWORD':
      return `dword:${data.number.toString(16).padStart(8, '0')}`;
    case 'REG_QWORD': {
      const bytes = Buffer.alloc(8);
      bytes.writeBigUInt64LE(BigInt(data.number));
      return bytesLine('hex(b):', bytes);
    }
    case 'REG_MULTI_SZ': {
      const text = data.items.map((item) => `${item}\0`).join('');
      return bytesLine('hex(7):', Buffer.from(`${text}\0`, 'utf16le'));
    }
    case 'REG_BINARY':
      return bytesLine('hex:', Buffer.from(data.hex, 'hex'));
    case 'REG_NONE':
      return bytesLine('hex(0):', Buffer.from(data.hex, 'hex'));
    case 'other':
      return bytesLine(`hex(${data.typeNumber.toString(16)}):`, Buffer.from(data.hex, 'hex'));
  }
};

/** What `reg export` writes for a key and its subtree: UTF-16LE with a byte order mark. */
export const exportText = (key: RegistryKey): Uint8Array => {
  const lines = ['Windows Registry Editor Version 5.00', ''];
  const walk = (at: RegistryKey): void => {
    lines.push(`[${at.path}]`);
    for (const { name, data } of at.values) lines.push(`${name === '' ? '@' : `"${escaped(name)}"`}=${dataText(data)}`);
    lines.push('');
    for (const child of at.subkeys) walk(child);
  };
  walk(key);
  return Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(`${lines.join('\r\n')}\r\n`, 'utf16le')]);
};
