"""Says whether a webhook is from the service: python3 verify-webhook.py < body.json

with WEBHOOK_ID, WEBHOOK_TIMESTAMP and WEBHOOK_SIGNATURE as its headers have them, and WEBHOOK_SECRET as the service has it.
"""

import base64
import hashlib
import hmac
import json
import os
import re
import sys
import time

TOLERANCE_SECONDS = 300


def is_genuine(webhook_id, timestamp, signature, body, secrets):
    """`body`: the bytes as they came in, before anybody parsed them."""
    if not re.fullmatch("[0-9]{1,12}", timestamp) or abs(time.time() - int(timestamp)) > TOLERANCE_SECONDS:
        return False
    # While a secret is being changed there are two of them, and two signatures.
    given = signature.encode().split(b" ")
    for secret in secrets:
        key = base64.b64decode(secret.removeprefix("whsec_"))
        if not key:  # Anybody can sign with an empty key.
            raise ValueError('A secret is "whsec_" and then base64.')
        digest = hmac.new(key, f"{webhook_id}.{timestamp}.".encode() + body, hashlib.sha256).digest()
        expected = b"v1," + base64.b64encode(digest)
        if any(hmac.compare_digest(one, expected) for one in given):
            return True
    return False


if __name__ == "__main__":
    env = {name: os.environ.get(f"WEBHOOK_{name}", "") for name in ("ID", "TIMESTAMP", "SIGNATURE", "SECRET")}
    raw_body = sys.stdin.buffer.read()
    try:
        genuine = is_genuine(env["ID"], env["TIMESTAMP"], env["SIGNATURE"], raw_body, env["SECRET"].split(","))
    except ValueError as error:
        sys.exit(str(error))
    print(f"genuine {json.loads(raw_body)['type']}" if genuine else "forged")
    sys.exit(0 if genuine else 1)
