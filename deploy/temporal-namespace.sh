#!/bin/sh
# The namespace with 90 days of closed workflows, and the search attributes of every workflow; safe to repeat.
set -eu
export TEMPORAL_ADDRESS=temporal:7233
until temporal operator cluster health; do
  tries=$((${tries:-0} + 1))
  [ "$tries" -lt 60 ] || exit 1
  sleep 2
done
temporal operator namespace describe --namespace default ||
  temporal operator namespace create --namespace default --retention 90d
temporal operator namespace update --namespace default --retention 90d
for attribute in Lifecycle=Keyword State=Keyword CustomerRef=Keyword NeedsAction=Bool DueAt=Datetime; do
  temporal operator search-attribute create --namespace default --name "${attribute%=*}" --type "${attribute#*=}"
done
