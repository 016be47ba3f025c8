#!/usr/bin/env bash
# Gives one context's user what it needs on Kafka, and nothing else: acls.sh CONTEXT [USER]
#
# KAFKA_ACLS is the command with how to reach the brokers, as "kafka-acls.sh --bootstrap-server kafka:9092
# --command-config admin.properties"; the brokers need an authorizer, and allow.everyone.if.no.acl.found=false.
set -euo pipefail
context=$1 user=${2:-$1}
case $context in  # what it hears: a context's topic is its producer's, those from outside belong to all who hear them
  objects) heard=(contracts dispatch invoicing notifications inbound.production inbound.sales) ;;
  contracts) heard=(dispatch objects inbound.sales) ;;
  dispatch) heard=(contracts invoicing objects inbound.absences) ;;
  invoicing) heard=(contracts dispatch objects) ;;
  notifications) heard=(contracts dispatch invoicing objects) ;;
  *) echo "acls.sh: there is no context $context" >&2; exit 2 ;;
esac

allow() { ${KAFKA_ACLS:-kafka-acls.sh} --add --force --allow-principal "User:$user" "$@"; }

own=(--topic "carnet.$context.v1" --topic "carnet.$context.v1.epoch") others=()
for each in "${heard[@]}"; do
  if [[ $each == inbound.* ]]; then own+=(--topic "carnet.$each.v1"); else others+=(--topic "carnet.$each.v1"); fi
done
allow "${own[@]}" --operation Create --operation Write --operation Read
allow "${others[@]}" --operation Read
allow --group "$context" --resource-pattern-type prefixed --operation Read
