#!/usr/bin/env node
// Starts program.cjs with what V8 made of it when it was built (program.cache), which saves compiling it. Another version of Node does
// not take the cache; it compiles then, as if there were none.
const { readFileSync } = require('node:fs');
const { createRequire } = require('node:module');
const { join } = require('node:path');
const { setFlagsFromString } = require('node:v8');
const { Script } = require('node:vm');

const cacheOrNothing = (file) => {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
};

/** Runs the program; gives it as a script, of which a cache can be made. */
const start = () => {
  // What a run makes is young and mostly stays: let the young generation grow faster than by half, and not so fast that its pages cost more than the copying.
  setFlagsFromString('--semi-space-growth-factor=4');
  const file = join(__dirname, 'program.cjs');
  const script = new Script(readFileSync(file, 'latin1'), {
    filename: file,
    cachedData: cacheOrNothing(join(__dirname, 'program.cache')),
  });
  const module = { exports: {} };
  script.runInThisContext()(module.exports, createRequire(file), module, file, __dirname);
  return script;
};

module.exports = { start };
if (require.main === module) {
  // What scripts ask for again and again needs nothing of the program.
  if (process.argv[2] === '--version') process.stdout.write(`${require('../package.json').version}\n`);
  else start();
}
