import { expect, test } from '@jest/globals';
import {
  decryptVault,
  decryptVaultBytes,
  encryptVault,
  isVault,
  loadYaml,
  nodeToValue,
  pythonLiteral,
  vaultIdOf,
} from './index.js';

// Made by ansible-vault 2.14: id lab, password pw1.
const vault = `$ANSIBLE_VAULT;1.2;AES256;lab
36386339343731333565323735343463373433613636373164613336393634633866396332346135
6238316338383165343366373239386665626565363064380a363332626530666139346132353731
64363636383466313837646531643534376164383066666234363666376537303062636639393037
6662366236343438350a613534616632333238333335386261366538346336346662633865396132
37336639653938386262666139656166623733626664313139373365643732306537
`;

test('opens a 1.2 text with the password of its id, whatever else is given', () => {
  expect(vaultIdOf(vault)).toBe('lab');
  const passwords = [
    { id: 'default', secret: 'wrong' },
    { id: 'lab', secret: 'pw1' },
  ];
  expect(decryptVault(vault, passwords)).toBe('hello: "{{ x }}"\n');
});

test('writes what ansible-vault reads, 1.1 under the default id', () => {
  const lab = { id: 'lab', secret: 'pw1' };
  const text = encryptVault(Buffer.from('é\n'.repeat(40)), lab);
  expect(text.split('\n')[0]).toBe('$ANSIBLE_VAULT;1.2;AES256;lab');
  expect(Math.max(...text.split('\n').map((line) => line.length))).toBe(80);
  expect(decryptVault(text, [lab])).toBe('é\n'.repeat(40));
  const salt = Buffer.from('68d94713ef25743cc463ac67da3c964c8f9c246ca5b168c18154f36729d8feeb', 'hex');
  expect(isVault(encryptVault(Buffer.alloc(0), { id: 'default', secret: 'x' }, salt))).toBe(true);
  expect(encryptVault(Buffer.alloc(0), { id: 'default', secret: 'x' }, salt)).toMatch(/^\$ANSIBLE_VAULT;1\.1;AES256\n/);
  expect(encryptVault(Buffer.from('x'), lab)).not.toBe(encryptVault(Buffer.from('x'), lab));
  const binary = Buffer.from([0, 255, 16, 16]);
  expect(decryptVaultBytes(encryptVault(binary, lab), [lab])).toEqual(binary);
});

test('writes byte for byte what ansible-vault wrote with the same salt', () => {
  const body = Buffer.from(vault.split('\n').slice(1).join(''), 'hex').toString('latin1');
  const salt = Buffer.from(body.split('\n')[0] as string, 'hex');
  expect(encryptVault(Buffer.from('hello: "{{ x }}"\n'), { id: 'lab', secret: 'pw1' }, salt)).toBe(vault);
});

test('a wrong password and a damaged body are errors', () => {
  expect(() => decryptVault(vault, [{ id: 'lab', secret: 'no' }])).toThrow('None of the 1 vault passwords');
  expect(() => decryptVault(vault.slice(0, 60), [{ id: 'lab', secret: 'pw1' }])).toThrow('damaged');
  expect(() => decryptVault('plain', [])).toThrow('no ansible-vault text');
});

test('a vault file is read as YAML, and its positions show no secret', () => {
  const decrypt = (text: string) => decryptVault(text, [{ id: 'x', secret: 'pw1' }]);
  const node = loadYaml({ path: 'v.yml', text: vault }, { decrypt });
  expect(node?.position.file.text).not.toContain('hello');
  expect(node && [...(nodeToValue(node) as Map<unknown, unknown>).keys()]).toEqual(['hello']);
});

test('a !vault scalar is data', () => {
  const node = loadYaml({ path: 'v.yml', text: 'a: !vault |\n  x\n' }, { decrypt: () => '{{ y }}' });
  expect(node && (nodeToValue(node) as Map<unknown, unknown>).get('a')).toBe('{{ y }}');
});

test.each<[string, unknown]>([
  ['1', 1],
  ['-1', -1],
  ['0644', undefined],
  ['00', 0],
  ['0x10', 16],
  ['1_000', 1000],
  ['1.5', 1.5],
  ['1e3', { value: 1000 }],
  ['True', true],
  ['true', undefined],
  ['None', null],
  ['"a\\n"', 'a\n'],
  ["'a' 'b'", 'ab'],
  ["r'a\\n'", 'a\\n'],
  ['[1, "x"]', [1, 'x']],
  ['(1,)', [1]],
  ['(1)', 1],
  ['1, 2', [1, 2]],
  ["{'a': 1}", new Map([['a', 1]])],
  ['a', undefined],
  ['', undefined],
  ['1 # c', 1],
  ['12abc', undefined],
  ['192.0.2.1', undefined],
  ['[1', undefined],
  ['12345678901234567890', 12345678901234567890n],
])('pythonLiteral %s', (text, expected) => {
  expect(pythonLiteral(text)).toEqual(expected);
});
