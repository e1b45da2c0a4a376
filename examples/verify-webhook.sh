#!/bin/sh
# Says whether a webhook is from the service:  sh verify-webhook.sh < body.json
# with WEBHOOK_ID, WEBHOOK_TIMESTAMP and WEBHOOK_SIGNATURE as its headers have them, and WEBHOOK_SECRET as the service has it.
# Needs openssl.
set -eu
body=$(mktemp)
trap 'rm -f "$body"' EXIT
cat > "$body"

forged() {
  echo forged
  exit 1
}

hmac() { openssl dgst -sha256 -mac HMAC -macopt "hexkey:$1" -binary | base64 | tr -d '\n'; }
hex() { od -An -v -tx1 | tr -d ' \n'; }

# A shell cannot compare in constant time: what is compared is a hash that nobody outside can predict.
blind=$(od -An -v -N32 -tx1 /dev/urandom | tr -d ' \n')
is_same() { [ "$(printf %s "$1" | hmac "$blind")" = "$(printf %s "$2" | hmac "$blind")" ]; }

case ${WEBHOOK_TIMESTAMP:-} in '' | *[!0-9]* | ?????????????*) forged ;; esac
# The digits as a decimal number, whatever they begin with.
age=$(expr "$(date +%s)" - "$WEBHOOK_TIMESTAMP") || :
[ "$age" -le 300 ] && [ "$age" -ge -300 ] || forged

# While a secret is being changed there are two of them, and two signatures.
set -f
for secret in $(printf %s "${WEBHOOK_SECRET:?}" | tr ',' ' '); do
  key=$(printf %s "${secret#whsec_}" | base64 -d | hex)
  [ -n "$key" ] || { echo 'A secret is "whsec_" and then base64.' >&2; exit 1; } # Anybody can sign with an empty key.
  expected=v1,$({ printf %s "${WEBHOOK_ID:-}.$WEBHOOK_TIMESTAMP." && cat "$body"; } | hmac "$key")
  for given in ${WEBHOOK_SIGNATURE:-}; do
    if is_same "$given" "$expected"; then
      echo "genuine $(sed -En '1s/^\{"type":"([a-z_.]+)".*/\1/p' "$body")"
      exit 0
    fi
  done
done
forged
