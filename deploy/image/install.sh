#!/usr/bin/env bash
# Installs one service from this folder into an environment of its own: install.sh SERVICE TARGET
#
# It needs ./tools (tools.sh), the static files of the pages (pages.sh), and the sources of the service, of the kernel and
# of the published language. What they stand on comes in the versions and with the hashes of requirements.lock.
set -euo pipefail
export UV_SYSTEM_CERTS=true
service=$1 target=$2 wheels=$(mktemp -d) extras=kafka,eventstoredb,postgresql,telemetry
trap 'rm -rf "$wheels"' EXIT

for each in shared/events shared/kernel "services/$service"; do
  tools/bin/uv build --quiet --wheel --no-build-isolation --python tools/bin/python --out-dir "$wheels" "$each"
done

tools/bin/uv venv --quiet --python "$(command -v python3)" "$target"
tools/bin/uv pip install --quiet --python "$target/bin/python" --constraint requirements.lock \
  "$(echo "$wheels"/carnet_kernel-*.whl)[$extras]" "$wheels"/carnet_events-*.whl "$wheels/carnet_$service"-*.whl
rm -f "$target/.lock"  # of uv: everybody may write it
