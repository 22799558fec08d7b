"""What GitHub signed is taken on, once. Everything else goes no further than the door."""

from __future__ import annotations

import http.client
import socket
import time
import uuid
from typing import Any

import pytest

from bot.web.signature import is_signed, sign
from tests.bot.queue.program import SECRET
from tests.bot.web.conftest import Server
from tests.bot.web.program import OLD_SECRET

_25_MB = 25 * 1024 * 1024
WRONG = "a wrong one, of this length"


def test_a_signed_delivery_is_taken_on(server: Server) -> None:
    delivery = str(uuid.uuid4())
    answer = server.deliver(X_GitHub_Delivery=delivery)
    assert (answer.status, answer.json) == (202, {"delivery": delivery, "outcome": "accepted"})
    told = server.wait_for_log("delivery", delivery=delivery)
    assert (told["outcome"], told["github_event"]) == ("accepted", "push")
    done = server.wait_for_log("job", delivery=delivery)
    assert (done["outcome"], done["kind"], done["attempt"]) == ("done", "assess-commit", 1)


def test_a_delivery_that_is_replayed_is_taken_on_once(server: Server) -> None:
    delivery = str(uuid.uuid4())
    assert server.deliver(X_GitHub_Delivery=delivery).status == 202
    for spelled in (delivery, delivery.upper()):
        again = server.deliver(b'{"id": 2}', X_GitHub_Delivery=spelled)
        assert (again.status, again.json["outcome"]) == (200, "duplicate")


def test_the_secret_before_the_newest_counts_while_it_is_changed(server: Server) -> None:
    assert server.deliver(secret=OLD_SECRET).status == 202


def test_a_ping_is_answered(server: Server) -> None:
    answer = server.deliver(
        b'{"id": 1, "zen": "Anything added dilutes everything else."}', X_GitHub_Event="ping"
    )
    assert answer.status == 200


@pytest.mark.parametrize(
    "given",
    [
        "",
        "sha256=",
        "sha256=" + "0" * 64,
        "sha1=" + "0" * 40,
        sign(b'{"id": 2}', SECRET),
        sign(b'{"id": 1}', "another secret that is long"),
        sign(b'{"id": 1}', SECRET).upper(),
        sign(b'{"id": 1}', SECRET) + "0",
        sign(b'{"id": 1}', SECRET)[:-1],
        "sha256=\xff\xfe",
    ],
)
def test_a_forged_signature_is_refused_and_nothing_else_is_said(server: Server, given: str) -> None:
    answer = server.deliver(X_Hub_Signature_256=given)
    assert (answer.status, answer.body) == (401, b'{"error":"unauthorized"}')


def test_signatures_are_compared_as_a_whole() -> None:
    assert is_signed(b"x", sign(b"x", "b"), ["a", "b", "c"])
    assert not is_signed(b"x", sign(b"x", "b"), [])
    assert not is_signed(b"x", sign(b"x", "b")[:20], ["b"])


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"without": "content-type"}, 415),
        ({"Content_Type": "application/x-www-form-urlencoded"}, 415),
        ({"Content_Type": "application/jsonp"}, 415),
        ({"without": "x-github-delivery"}, 400),
        ({"X_GitHub_Delivery": "1"}, 400),
        ({"X_GitHub_Delivery": "{72d3162e-cc78-11e3-81ab-4c9367dc0958}"}, 400),
        ({"without": "x-github-event"}, 400),
        ({"X_GitHub_Event": "push; drop"}, 400),
        ({"body": b""}, 400),
        ({"body": b"{"}, 400),
        ({"body": b"[1]"}, 400),
        ({"body": b"[" * 100_000}, 400),
        ({"body": b'{"id": "\xff"}'}, 400),
        ({"body": b"{}"}, 422),
    ],
)
def test_what_is_malformed_is_refused(server: Server, changed: dict[str, Any], status: int) -> None:
    assert server.deliver(**changed).status == status


def test_only_post_is_for_webhooks(server: Server) -> None:
    assert server.get("/webhooks/github").status == 405


def test_a_body_that_says_it_is_too_large_is_not_read(server: Server) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as peer:
        peer.sendall(
            b"POST /webhooks/github HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            b"Content-Length: 26214401\r\n\r\n"
        )
        answer = peer.recv(4096)
    assert answer.split(b" ")[1] == b"413"


def test_a_body_that_turns_out_too_large_is_cut_off(server: Server) -> None:
    chunk = b"100000\r\n" + b" " * 0x100000 + b"\r\n"
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as peer:
        peer.sendall(
            b"POST /webhooks/github HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n"
        )
        try:
            for _ in range(30):
                peer.sendall(chunk)
        except OSError:
            return
        answer = peer.recv(4096)
    assert answer.split(b" ")[1] == b"413"


def test_a_head_without_end_is_cut_off(server: Server) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as peer:
        peer.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        assert peer.recv(4096).startswith(b"HTTP/1.1 200")
        with pytest.raises(OSError, match=r"reset|Broken pipe"):
            peer.sendall(b"GET /healthz HTTP/1.1\r\nX: " + b"a" * 64_000_000)


def test_a_connection_is_kept_for_further_deliveries(server: Server) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    for _ in range(3):
        connection.request("GET", "/healthz")
        assert connection.getresponse().read() == b'{"status":"alive"}'
    connection.close()


def test_the_largest_delivery_is_taken_on(server: Server) -> None:
    body = b'{"id": 1, "x": "' + b"a" * (_25_MB - 18) + b'"}'
    assert len(body) == _25_MB
    assert server.deliver(body).status == 202


def test_good_deliveries_are_taken_on_from_a_peer_that_also_sends_bad_ones(server: Server) -> None:
    peer = server.new_peer()
    answers = [server.deliver(secret=WRONG, peer=peer) for _ in range(40)]
    assert [answer.status for answer in answers[:20]] == [401] * 20
    assert answers[-1].status == 429
    assert int(answers[-1].headers["retry-after"]) >= 1
    assert server.deliver(peer=peer).status == 202
    assert server.deliver(secret=WRONG).status == 401


def test_a_body_that_drips_is_given_up_after_ten_seconds_and_holds_up_nobody(server: Server) -> None:
    with (
        socket.create_connection(("127.0.0.1", server.port), timeout=20) as peer,
        socket.create_connection(("127.0.0.1", server.port), timeout=20) as silent,
    ):
        peer.sendall(
            b"POST /webhooks/github HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            b"Content-Length: 100\r\n\r\n"
        )
        silent.sendall(b"POST /webhooks/github HT")
        began, answer = time.monotonic(), b""
        peer.settimeout(0.4)
        for _ in range(60):
            try:
                peer.sendall(b" ")
                answer = peer.recv(4096)
                break
            except TimeoutError:
                assert server.deliver().status == 202
        assert 8 < time.monotonic() - began < 15
        assert answer.split(b" ")[1] == b"408"
        assert silent.recv(4096) == b""


def test_no_secret_and_no_payload_is_ever_logged(server: Server) -> None:
    server.deliver(b'{"id": "wrong", "title": "a private title"}')
    failed = server.wait_for_log("job failed")
    assert failed["exception"] == "RuntimeError"
    assert any("program.py" in frame for frame in failed["frames"])
    server.wait_for_log("job", outcome="failed", cause="RuntimeError")
    written = (server.folder / "log").read_text()
    for word in (SECRET, OLD_SECRET, "a private title", "hunter2"):
        assert word not in written


def test_standard_output_has_one_line(server: Server) -> None:
    lines = [line for line in (server.folder / "log").read_text().splitlines() if not line.startswith("{")]
    assert lines == [f"cratewarden: listening on http://127.0.0.1:{server.port}"]
