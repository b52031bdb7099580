#!/bin/sh
# Run once by the database's container: the product's role, which is no superuser, and its database.
set -eu
psql --set ON_ERROR_STOP=1 --username postgres --set password="$POSTGRES_PASSWORD" <<'SQL'
CREATE ROLE csplatform LOGIN CREATEROLE NOINHERIT PASSWORD :'password';
CREATE DATABASE csplatform OWNER csplatform;
\connect csplatform
ALTER SCHEMA public OWNER TO csplatform;
SQL
