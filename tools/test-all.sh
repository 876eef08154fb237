#!/usr/bin/env bash
# `npm test`: lint, types, then every package's tests (unit, contract and end-to-end, on real hosts too), through nx; then the conformance suite and the
# crash and fault matrices in their shorter forms, a few points of each on real hosts.
# Ends with one plain line: tests: N passed, N failed, N skipped.
set -uo pipefail
cd "$(dirname "$0")/.."
export NX_DAEMON=false NX_NO_CLOUD=true
node tools/system-packages.mjs || exit 1
npm run --silent lint || exit 1
npm run --silent build || exit 1
log=$(mktemp); trap 'rm -f "$log"' EXIT
node_modules/.bin/nx run-many -t test --parallel=1 --output-style=stream "$@" 2>&1 | tee "$log"
status=${PIPESTATUS[0]}
count() { sed 's/\x1b\[[0-9;]*m//g' "$log" | grep -E 'Tests: +' | grep -oE "[0-9]+ $1" | awk '{n += $1} END {print n + 0}'; }
node packages/cli/dist/conformance/main.js || status=1
node packages/cli/dist/crash/main.js --points 40 --jobs 3 || status=1
node packages/cli/dist/faults/main.js || status=1
if [ "$(id -u)" -eq 0 ]; then
  node packages/cli/dist/crash/main.js --kind wine --point exec:20:during --point journal:100:torn || status=1
  node packages/cli/dist/faults/main.js --kind wine --only real:written-back --only real:sftp-refused || status=1
else
  echo "skipped: crashes and faults on real Windows commands, whose hosts need root"
fi
echo "tests: $(count passed) passed, $(count failed) failed, $(count skipped) skipped"
exit "$status"
