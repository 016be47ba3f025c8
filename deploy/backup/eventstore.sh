#!/bin/sh
# A node's files, in the order that KurrentDB's documentation gives for its "simple full backup": an index that is older
# than the log is caught up, one that is younger is not. NEVER RUN AGAINST A SERVER; tried on files of the same names.
#   eventstore.sh backup DATA FOLDER   of a node at work, while no scavenge runs; FOLDER is new
#   eventstore.sh restore FOLDER DATA  of a node that is stopped; DATA is empty
set -eu
copy() { find "$@" -exec cp --parents --preserve --target-directory="$to" {} +; }

case "$1" in
  backup)
    mkdir "$3"
    to=$(cd "$3" && pwd)
    cd "$2"
    copy index -type f -name '*.chk'
    copy index -type f ! -name '*.chk'
    copy . -maxdepth 1 -type f -name '*.chk'
    copy . -maxdepth 1 -type f -name 'chunk-*' ;;
  restore)
    [ -z "$(ls "$3")" ] || { echo "$3 holds something already" >&2; exit 2; }
    cp --recursive --preserve "$2/." "$3"
    cp "$3/chaser.chk" "$3/truncate.chk" ;;  # so that the node cuts its log where it had been read to
  *) echo "usage: $0 backup DATA FOLDER | restore FOLDER DATA" >&2; exit 2 ;;
esac
