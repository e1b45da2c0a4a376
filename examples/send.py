"""Texts people once and waits until it is over.

SMS_URL=… SMS_KEY=… python3 send.py 'Doors open at 9.' +14155550101 +14155550102
"""

import http.client
import json
import os
import sys
import time
import urllib.error
import urllib.request
import uuid

FINAL = {"completed", "partially_failed", "failed", "cancelled"}
TRIES = 5
IDEMPOTENCY_KEY = os.environ.get("IDEMPOTENCY_KEY") or str(uuid.uuid4())


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """The key is for the service only."""

    def redirect_request(self, *_):
        return None


opener = urllib.request.build_opener(NoRedirect)


def ask(path, body=None, headers=None):
    """Nothing is done twice by asking again: a broadcast has its Idempotency-Key, all else is reading."""
    request = urllib.request.Request(
        os.environ["SMS_URL"].rstrip("/") + path,
        data=None if body is None else json.dumps(body).encode(),
        headers={"x-api-key": os.environ["SMS_KEY"], **(headers or {})},
    )
    for attempt in range(1, TRIES + 1):
        retry_after = 0
        try:
            with opener.open(request, timeout=60) as response:
                return json.load(response)
        except urllib.error.HTTPError as error:
            reason, is_for_now = explain(error)
            if not is_for_now:
                sys.exit(reason)
            asked = error.headers.get("retry-after", "")
            retry_after = int(asked) if asked.isdigit() else 0
        except (OSError, http.client.HTTPException, ValueError) as error:
            reason = str(error)
        wait = max(retry_after, 2 ** (attempt - 1))
        if attempt == TRIES or wait > 60:
            sys.exit(f"{reason}; run it again with IDEMPOTENCY_KEY={IDEMPOTENCY_KEY}")
        time.sleep(wait)


def explain(error):
    """The reason, and whether the same request may be answered otherwise in a moment."""
    is_problem = error.headers.get_content_type() == "application/problem+json"
    problem = json.load(error) if is_problem else {}
    reason = f"{problem.get('title', 'Unexpected answer')}: {problem.get('detail', '')} (HTTP {error.code})"
    is_for_now = (
        error.code in (429, 503)
        or problem.get("type", "").endswith("/in_progress")
        # A gateway that answers for the service may have passed the request on.
        or (error.code >= 500 and not is_problem)
    )
    return reason, is_for_now


def main(message, *recipients):
    broadcast = ask(
        "/broadcast",
        {"message": message, "recipients": recipients},
        {"content-type": "application/json", "idempotency-key": IDEMPOTENCY_KEY, "prefer": "respond-async"},
    )

    deadline = time.monotonic() + float(os.environ.get("FOLLOW_SECONDS", 600))
    last = ""
    while True:
        broadcast = ask(f"/broadcast/{broadcast['id']}")
        status, people = broadcast["status"], broadcast["delivery"]
        failed = people["undelivered"] + people["failed"] + people["invalid"]
        still_open = people["queued"] + people["sent"] + people["unknown"]
        line = f"{status}: {people['delivered']} delivered, {failed} failed, {still_open} open"
        if line != last:
            print(line, flush=True)
        last = line
        # Once it is final, delivery reports still come.
        if (status in FINAL and still_open == 0) or time.monotonic() > deadline:
            print(f"Broadcast {broadcast['id']} {line}")
            return 0 if status == "completed" else 1
        time.sleep(1)


if __name__ == "__main__":
    if len(sys.argv) < 3 or not os.environ.get("SMS_URL") or not os.environ.get("SMS_KEY"):
        sys.exit("usage: SMS_URL=… SMS_KEY=… python3 send.py MESSAGE NUMBER...")
    sys.exit(main(*sys.argv[1:]))
