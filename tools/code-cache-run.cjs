// One run of the bundled command, after which V8's code of the functions that it needed is written beside it.
const { writeFileSync } = require('node:fs');
const { join } = require('node:path');
const bundle = join(__dirname, '../packages/cli/bundle');

const script = require(join(bundle, 'main.cjs')).start();
process.once('exit', (code) => {
  if (code === 0) writeFileSync(join(bundle, 'program.cache'), script.createCachedData());
});
