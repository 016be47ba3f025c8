#!/usr/bin/env bash
# Makes a context's user on its own EventStoreDB and lets nobody else in: users.sh CONTEXT ADDRESS, with the password of
# `admin` in ADMIN_PASSWORD and the user's in PASSWORD. NEVER RUN: no server of a release was at hand (deploy/README.md).
#
# Production runs one server (or cluster) for each context: on a shared one a prefix of the streams' names is no wall. The
# user is in no group; the default ACL of all streams and of the system's lets it read and append, and only it.
set -euo pipefail
context=$1 address=$2
ask() { curl --fail --silent --show-error --user "admin:$ADMIN_PASSWORD" --header 'Content-Type: application/json' "$@"; }

ask "$address/users/" --data "{\"loginName\": \"$context\", \"fullName\": \"$context\", \"groups\": [], \"password\": \"$PASSWORD\"}"
only="[\"\$admins\", \"$context\"]" rights=
for right in r w mr; do rights+="\"\$$right\": $only, "; done
acl="{$rights\"\$d\": \"\$admins\", \"\$mw\": \"\$admins\"}"
ask "$address/streams/%24settings" --header 'ES-EventType: update-default-acl' --header "ES-EventId: $(uuidgen)" \
  --data "{\"\$userStreamAcl\": $acl, \"\$systemStreamAcl\": $acl}"
