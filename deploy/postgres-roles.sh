#!/bin/sh
# Runs once, when the Postgres volume is made: logins and group roles of the product, and Temporal's own login.
set -eu
psql --no-psqlrc -v ON_ERROR_STOP=1 --username postgres --dbname postgres \
  -v owner="$OWNER_DB_PASSWORD" -v app="$APP_DB_PASSWORD" \
  -v signer="$SIGNER_DB_PASSWORD" -v temporal="$TEMPORAL_DB_PASSWORD" <<'SQL'
CREATE ROLE loanstone_app NOLOGIN;
CREATE ROLE loanstone_signer NOLOGIN;
CREATE ROLE loanstone_owner LOGIN CREATEROLE PASSWORD :'owner';
CREATE ROLE loanstone LOGIN IN ROLE loanstone_app PASSWORD :'app';
CREATE ROLE loanstone_signer_login LOGIN IN ROLE loanstone_signer PASSWORD :'signer';
CREATE ROLE temporal LOGIN CREATEDB PASSWORD :'temporal';
CREATE DATABASE loanstone OWNER loanstone_owner;
SQL
