#!/bin/sh
# A context's database as one file: one snapshot of a database at work, and back into an empty database.
#   postgres.sh backup CONTEXT FILE  ·  postgres.sh restore FILE CONTEXT
# PGHOST, PGPORT, PGUSER and PGPASSWORD (or a .pgpass) say where and as whom; the database is named as its context.
set -eu
case "$1" in
  backup)
    pg_dump --format=custom --no-owner --no-privileges --no-comments --file="$3.part" "$2"
    mv "$3.part" "$3" ;;
  restore) pg_restore --no-owner --no-privileges --single-transaction --exit-on-error --dbname="$3" "$2" ;;
  *) echo "usage: $0 backup CONTEXT FILE | restore FILE CONTEXT" >&2; exit 2 ;;
esac
