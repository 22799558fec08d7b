"""Posts webhooks, as GitHub does: signed, once, ten seconds at most, and never again unless somebody asks."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import queue
import threading
import time
import urllib.error
import urllib.request

from bot.sandbox.model import Attempt, Delivery
from bot.sandbox.shapes.apps import delivery_headers
from bot.sandbox.state import State

TIMEOUT = 10.0


class Hookshot:
    """One thread that posts in the order in which things happened."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._box: queue.Queue[tuple[Delivery, str, bool] | None] = queue.Queue()
        self._thread = threading.Thread(target=self._work, name="sandbox-hookshot", daemon=True)
        self._pending = 0
        self._quiet = threading.Condition()

    def start(self) -> None:
        """Begin to post."""
        self._thread.start()

    def stop(self) -> None:
        """Post no more; waits for the one on its way."""
        self._box.put(None)
        self._thread.join(TIMEOUT + 1)

    def post(self, delivery: Delivery, *, redelivery: bool = False) -> None:
        """Send soon, to the address that the App has now."""
        with self._state.lock:
            url = delivery.app.webhook_url
        with self._quiet:
            self._pending += 1
        self._box.put((delivery, url, redelivery))

    def settle(self, seconds: float) -> bool:
        """Wait until nothing is on its way; False if the time is up before."""
        with self._quiet:
            return self._quiet.wait_for(lambda: self._pending == 0, seconds)

    def _work(self) -> None:
        while (item := self._box.get()) is not None:
            try:
                self._send(*item)
            finally:
                with self._quiet:
                    self._pending -= 1
                    self._quiet.notify_all()

    def _send(self, delivery: Delivery, url: str, redelivery: bool) -> None:
        with self._state.lock:
            attempt = Attempt(self._state.new_id(), self._state.now(), redelivery)
            delivery.tries.append(attempt)
            secret = delivery.app.webhook_secret
        started = time.monotonic()
        code, status, said = _post(url, delivery, secret)
        with self._state.lock:
            attempt.duration = time.monotonic() - started
            attempt.status_code, attempt.status, attempt.response = code, status, said


def signature(secret: str, body: bytes) -> str:
    """The header X-Hub-Signature-256 (docs: "Validating webhook deliveries")."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def signed_headers(delivery: Delivery, secret: str) -> dict[str, str]:
    """All headers of a webhook."""
    headers = delivery_headers(delivery)
    if secret:
        headers["X-Hub-Signature-256"] = signature(secret, delivery.body)
        sha1 = hmac.new(secret.encode(), delivery.body, hashlib.sha1).hexdigest()
        headers["X-Hub-Signature"] = f"sha1={sha1}"
    return headers


def _post(url: str, delivery: Delivery, secret: str) -> tuple[int, str, str]:
    """Status code, GitHub's word for it and the answer's text; redirects are not followed, as on GitHub."""
    if not url.startswith(("http://", "https://")):
        return 502, "failed to connect to host", ""
    request = urllib.request.Request(  # noqa: S310 - the scheme was just checked
        url, delivery.body, signed_headers(delivery, secret), method="POST"
    )
    opener = urllib.request.build_opener(_NoRedirect, urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=TIMEOUT) as response:
            said = response.read(1 << 16).decode("utf-8", "replace")
            return response.status, "OK", said
    except urllib.error.HTTPError as error:
        with error:
            said = error.read(1 << 16).decode("utf-8", "replace")
            return error.code, f"Invalid HTTP Response: {error.code}", said
    except TimeoutError:
        return 504, "timed out", ""
    except (OSError, http.client.HTTPException) as error:
        late = isinstance(getattr(error, "reason", None), TimeoutError)
        return (504, "timed out", "") if late else (502, "failed to connect to host", str(error))


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_args: object) -> None:
        return None
