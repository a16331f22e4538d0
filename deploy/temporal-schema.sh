#!/bin/sh
# Makes or brings up to date the two databases of Temporal; safe to repeat.
set -eu
tool() { temporal-sql-tool --plugin postgres12 --endpoint postgres --port 5432 --user temporal "$@"; }

for part in temporal:temporal temporal_visibility:visibility; do
  database=${part%%:*}
  schema=/etc/temporal/schema/postgresql/v12/${part##*:}/versioned
  tool --database "$database" create
  # version 0.0 makes the tables that note versions; it refuses when they are there, and the update is what counts
  tool --database "$database" setup-schema --version 0.0 || true
  tool --database "$database" update-schema --schema-dir "$schema"
done
