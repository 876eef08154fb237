import { expect, test } from '@jest/globals';
import type { Playbook } from '@ratchet/playbook';
import { mentionsFacts } from './facts-mentioned.js';

const playbook = (...texts: readonly string[]): Playbook =>
  ({ files: texts.map((text, index) => ({ path: `${index}.yml`, text })) }) as unknown as Playbook;

const SETUP = { facts: ['os_*', 'facts', 'default_ipv4'] };

test.each([
  "when: ansible_os_family == 'Windows'",
  'when: ansible_facts.distribution_version is version("6.3", ">=")',
  "{{ hostvars[groups['db'][0]].ansible_default_ipv4.address }}",
])('a fact in any file is seen: %s', (text) => {
  expect(mentionsFacts(playbook('- hosts: all', text), SETUP)).toBe(true);
});

test('what connects, and what Ansible itself sets, is no fact', () => {
  expect(
    mentionsFacts(
      playbook('ansible_user: x\nansible_host: y\nwhen: ansible_check_mode and ansible_version.full'),
      SETUP,
    ),
  ).toBe(false);
});
