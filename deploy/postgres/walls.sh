#!/bin/sh
# Makes each context's database, run once by the image of PostgreSQL when its data is new; by hand with PGHOST and PGUSER.
# CONTEXTS names them; PASSWORDS is one password for all, or a folder with a file <context> for each.
set -eu
sql=${WALLS_SQL:-/walls.sql}
for context in $CONTEXTS; do
  if [ -d "$PASSWORDS" ]; then password=$(cat "$PASSWORDS/$context"); else password=$PASSWORDS; fi
  psql --quiet --no-psqlrc --username "${PGUSER:-${POSTGRES_USER:-postgres}}" --dbname postgres \
    -v ON_ERROR_STOP=1 -v context="$context" -v password="$password" --file "$sql"
done
