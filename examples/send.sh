#!/bin/sh
# Texts people once and waits until it is over:  SMS_URL=… SMS_KEY=… sh send.sh 'Doors open at 9.' +14155550101 +14155550102
set -eu
[ $# -ge 2 ] || { echo "usage: send.sh MESSAGE NUMBER..." >&2; exit 1; }
: "${SMS_URL:?}" "${SMS_KEY:?}"
message=$1
shift

# Whoever runs this again with the same key gets the first answer, and nobody a second text.
IDEMPOTENCY_KEY=${IDEMPOTENCY_KEY:-$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')}
deadline=$(($(date +%s) + ${FOLLOW_SECONDS:-600}))
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
answer=$folder/answer

string() { sed -En 's/^\{[^{]*"'"$1"'":"(([^"\\]|\\.)*)".*/\1/p' "$answer"; }
people() { sed -En 's/.*"delivery":\{[^}]*"'"$1"'":([0-9]+).*/\1/p' "$answer"; }

# curl itself tries again after lost connections, 429 and 503, and waits as long as Retry-After says.
ask() {
  path=$1
  shift
  status=$(curl --silent --show-error --max-time 60 --retry 4 --retry-all-errors --retry-max-time 120 \
    --header "x-api-key: $SMS_KEY" --output "$answer" --write-out '%{http_code}' "$@" "${SMS_URL%/}$path") || {
    echo "No answer; run it again with IDEMPOTENCY_KEY=$IDEMPOTENCY_KEY" >&2
    exit 1
  }
  case $status in
    2*) ;;
    *) echo "$(string title): $(string detail) (HTTP $status)" >&2; exit 1 ;;
  esac
}

# A form, as a message in JSON would have to be escaped.
printf '%s\n' phone "$@" > "$folder/people.csv"
ask /broadcast --header "idempotency-key: $IDEMPOTENCY_KEY" --header 'prefer: respond-async' \
  --form-string "message=$message" --form "recipients=@$folder/people.csv;type=text/csv"
id=$(string id)

last=''
while :; do
  ask "/broadcast/$id"
  status=$(string status)
  failed=$(($(people undelivered) + $(people failed) + $(people invalid)))
  open=$(($(people queued) + $(people sent) + $(people unknown)))
  line="$status: $(people delivered) delivered, $failed failed, $open open"
  [ "$line" = "$last" ] || echo "$line"
  last=$line
  # Once it is final, delivery reports still come.
  case $status in completed | partially_failed | failed | cancelled) [ "$open" -gt 0 ] || break ;; esac
  [ "$(date +%s)" -lt "$deadline" ] || break
  sleep 1
done

echo "Broadcast $id $line"
[ "$status" = completed ]
