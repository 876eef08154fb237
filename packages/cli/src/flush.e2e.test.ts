import { expect, test } from '@jest/globals';
import { newRunFolder } from './test-run.js';

const PLAYBOOK = `- hosts: all
  connection: local
  gather_facts: false
  tasks:
    - {command: echo, notify: told}
    - meta: flush_handlers
      when: inventory_hostname == 'h1'
    - debug: {msg: "{{ is_told | default('not told') }}"}
  handlers:
    - {name: told, set_fact: {is_told: told}}
`;

// ansible-core's headings are mixed here, since its hosts part; what each host does is the same.
test('flush_handlers runs handlers on the hosts whose condition holds, on the others later', async () => {
  const folder = await newRunFolder();
  try {
    const playbook = await folder.write('p.yml', PLAYBOOK);
    const { code, out } = await folder.run([playbook, '-i', 'h1,h2,']);
    expect(code).toBe(0);
    expect(out).toMatch(/HANDLER \[told\] \*+\nok: \[h1\]\n\nTASK/);
    expect(out).toMatch(/ok: \[h1\] => \{\n {4}"msg": "told"\n\}\nok: \[h2\] => \{\n {4}"msg": "not told"\n\}/);
    expect(out).toMatch(/HANDLER \[told\] \*+\nok: \[h2\]\n\nPLAY RECAP/);
  } finally {
    await folder.remove();
  }
});
