#!/usr/bin/env bash
# Starts the suite with its production engines in containers, and plays the smoke journey: up.sh [core] [observability]
#
# The first call writes deploy/compose/.env: a password for everything, and the digest of the image to build on.
set -euo pipefail
cd "$(dirname "$0")/../.."
settings=deploy/compose/.env base=python:3.11-slim-bookworm
if [[ ! -f $settings ]]; then
  digest=$(docker buildx imagetools inspect "$base" --format '{{.Manifest.Digest}}')
  (umask 077 && printf 'PYTHON=%s@%s\nCARNET_PASSWORD=%s\n' "$base" "$digest" "$(openssl rand -hex 16)" > "$settings")
fi
profiles=()
for profile in "${@:-core}"; do profiles+=(--profile "$profile"); done
docker compose --env-file "$settings" "${profiles[@]}" up --detach --build --wait

. "$settings"
token=$(curl --fail --silent --resolve login.localhost:8081:127.0.0.1 \
  --data "grant_type=client_credentials&client_id=carnet-machine&client_secret=$CARNET_PASSWORD" \
  http://login.localhost:8081/realms/carnet/protocol/openid-connect/token | python3 -c 'import json, sys; print(json.load(sys.stdin)["access_token"])')
CARNET_FRONT_URL=http://localhost:8000 CARNET_TOKEN=$token .venv/bin/pytest -q tests/deploy/test_smoke.py
echo "Carnet is at http://localhost:8000, its mails at http://localhost:8025; sign in as anna with the password in $settings."
