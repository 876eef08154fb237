import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { readSettings } from './settings.js';
import { newRunFolder, type RunFolder } from './test-run.js';

let folder: RunFolder;
beforeEach(async () => {
  folder = await newRunFolder();
});
afterEach(() => folder.remove());

const read = (env: Readonly<Record<string, string>> = {}) => readSettings({ HOME: folder.path, ...env }, folder.path);

describe('settings', () => {
  test('come from ansible.cfg beside the playbooks, paths as seen from it', async () => {
    await folder.write(
      'ansible.cfg',
      '# all\n[defaults]\ninventory = hosts.ini ; mine\nforks=20\nroles_path = a:../b\nhost_key_checking = False\n[ssh_connection]\nssh_common_args = -o ProxyJump=gate\n',
    );
    const settings = await read();
    expect(settings.configFile).toBe(`${folder.path}/ansible.cfg`);
    expect(settings.beside('inventory', settings.text('inventory') ?? '')).toBe(`${folder.path}/hosts.ini`);
    expect(settings.whole('forks')).toBe(20);
    expect(settings.list('rolesPath')[0]).toBe(`${folder.path}/a`);
    expect(settings.flag('hostKeyChecking')).toBe(false);
    expect(settings.text('sshCommonArgs')).toBe('-o ProxyJump=gate');
    expect(settings.warnings).toEqual([]);
  });

  test('of the environment stand above ratchet.yml, which stands above ansible.cfg', async () => {
    await folder.write('ansible.cfg', '[defaults]\nforks = 2\ntimeout = 2\nremote_user = cfg\n');
    await folder.write('ratchet.yml', 'forks: 3\ntimeout: 3\n');
    const settings = await read({ ANSIBLE_FORKS: '4' });
    expect(settings.whole('forks')).toBe(4);
    expect(settings.whole('timeout')).toBe(3);
    expect(settings.text('remoteUser')).toBe('cfg');
  });

  test('that do not count are named, those of display are not', async () => {
    await folder.write(
      'ansible.cfg',
      '[defaults]\nnocows = 1\nlibrary = ./modules\n[privilege_escalation]\nbecome_exe = x\n',
    );
    expect((await read({ ANSIBLE_STRATEGY: 'free' })).warnings).toEqual([
      `library of [defaults] in ${folder.path}/ansible.cfg does not count for Ratchet.`,
      `become_exe of [privilege_escalation] in ${folder.path}/ansible.cfg does not count for Ratchet.`,
      'ANSIBLE_STRATEGY does not count for Ratchet.',
    ]);
  });

  test('that would change the meaning of every playbook are refused', async () => {
    await expect(read({ ANSIBLE_HASH_BEHAVIOUR: 'merge' })).rejects.toMatchObject({ code: 'not-supported' });
    await expect(read({ ANSIBLE_ERROR_ON_UNDEFINED_VARS: 'no' })).rejects.toMatchObject({ code: 'not-supported' });
  });

  test('that are wrong are told with their line', async () => {
    const path = await folder.write('ansible.cfg', '[defaults]\nforks = many\n');
    const settings = await read();
    expect(() => settings.whole('forks')).toThrow(
      expect.objectContaining({
        code: 'option-invalid',
        place: { at: 'source', position: { file: expect.objectContaining({ path }), offset: 11 } },
      }),
    );
    await folder.write('ratchet.yml', 'fork: 3\n');
    await expect(read()).rejects.toMatchObject({ code: 'option-invalid', hint: 'Did you mean "forks"?' });
  });
});
