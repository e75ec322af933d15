#!/bin/sh
# Makes the secrets of compose.yaml in the folder secrets/ beside it, once: `sh make-secrets.sh`. Never overwrites one. The
# images' users are others than yours, so the files are readable to all who may enter the folder, which only you may.
set -eu
cd "$(dirname "$0")"
umask 077
mkdir secrets
random() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }
superuser=$(random) owner=$(random) access=$(random) secret=$(random)
printf %s "$superuser" > secrets/superuser-password
printf %s "$owner" > secrets/owner-password
echo "DATABASE_URL=postgres://seloste:$owner@127.0.0.1:5432/seloste" > secrets/seloste.env
printf '[default]\naws_access_key_id = %s\naws_secret_access_key = %s\n' "$access" "$secret" > secrets/s3-credentials
cat > secrets/s3.json <<END
{ "identities": [{ "name": "seloste", "credentials": [{ "accessKey": "$access", "secretKey": "$secret" }],
    "actions": ["Admin", "Read", "Write", "List"] }] }
END
chmod 644 secrets/*
chmod 600 secrets/seloste.env
