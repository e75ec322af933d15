#!/bin/sh
# Run once by the image of PostgreSQL, when it makes its cluster: the password with which Seloste signs in as the owner.
set -eu
psql -v ON_ERROR_STOP=1 -v password="$(cat /run/secrets/owner-password)" -U "$POSTGRES_USER" -d postgres <<'END'
alter role seloste password :'password';
END
