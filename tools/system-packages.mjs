// Installs the Debian packages that tests on real hosts need, when run as root on a Debian machine; names them otherwise.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const NEEDED = [
  ['/usr/bin/wine', 'wine'],
  ['/usr/sbin/sshd', 'openssh-server'],
  ['/usr/bin/ssh', 'openssh-client'],
  ['/usr/bin/x86_64-w64-mingw32-gcc-posix', 'gcc-mingw-w64-x86-64-posix'],
  ['/usr/bin/ansible', 'ansible'],
  ['/usr/lib/python3/dist-packages/jmespath', 'python3-jmespath'],
  ['/usr/lib/python3/dist-packages/netaddr', 'python3-netaddr'],
];
const missing = NEEDED.filter(([file]) => !existsSync(file)).map(([, name]) => name);
if (missing.includes('wine')) missing.push('wine64');

if (missing.length > 0) {
  const install = `apt-get install --no-install-recommends ${missing.join(' ')}`;
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    process.stdout.write(`Installing for the tests on real hosts: ${missing.join(' ')}\n`);
    const options = {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    };
    execFileSync('apt-get', ['update', '-qq'], options);
    execFileSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...missing], options);
  } else if (process.env.CI) {
    process.stderr.write(`The tests on real hosts need Debian packages that are missing. As root: ${install}\n`);
    process.exitCode = 1;
  } else {
    process.stdout.write(`Tests on real hosts are left out: missing packages. As root: ${install}\n`);
  }
}
