"""What the client sends again, what it doesn't, and to whom it shows its token."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from labelapp.client import ApiError, Patience, ServerUnavailableError
from labelapp.client.transport import Transport


@dataclass
class Scripted:
    """A server that gives prepared answers, and remembers what it was asked.

    Attributes:
        answers: (status, headers, body), one for each request.
        asked: (method, path, token) of each.
    """

    answers: list[tuple[int, dict[str, str], bytes]] = field(default_factory=list)
    asked: list[tuple[str, str, str | None]] = field(default_factory=list)
    url: str = ""


@pytest.fixture
def servers() -> Iterator[list[Scripted]]:
    found, running = [Scripted(), Scripted()], []
    for one in found:
        server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(one))
        server.daemon_threads = True
        one.url = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        running.append(server)
    yield found
    for server in running:
        server.shutdown()
        server.server_close()


def _handler(scripted: Scripted) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            token = self.headers.get("Authorization")
            scripted.asked.append((self.command, self.path, token))
            status, headers, body = scripted.answers.pop(0)
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PUT = answer  # noqa: N815  the names that the base calls

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Handler


@pytest.fixture
def pauses() -> list[float]:
    return []


@pytest.fixture
def transport(servers: list[Scripted], pauses: list[float]) -> Iterator[Transport]:
    made = Transport(servers[0].url, "secret", patience=Patience(4, 10.0, pauses.append))
    yield made
    made.close()


def test_a_busy_server_is_asked_again_later_each_time_or_as_it_wishes(
    servers: list[Scripted], transport: Transport, pauses: list[float]
) -> None:
    servers[0].answers = [(502, {}, b""), (503, {"Retry-After": "7"}, b""), (200, {}, b"[1]")]
    assert transport.json("GET", "api/x") == [1]
    assert 0.1 < pauses[0] <= 0.25
    assert pauses[1] == 7
    servers[0].answers = [(504, {}, b"")] * 4
    with pytest.raises(ServerUnavailableError, match="no answer in 4 tries, at last status 504"):
        transport.json("PUT", "api/x", {})


def test_what_may_have_been_done_is_not_done_twice(
    servers: list[Scripted], transport: Transport
) -> None:
    # A gateway lost the answer: perhaps the export was started.
    servers[0].answers = [(504, {}, b"<html>")]
    with pytest.raises(ApiError, match="expected an answer of labelapp, found status 504"):
        transport.json("POST", "api/exports", {})
    assert len(servers[0].asked) == 1
    servers[0].answers = [(504, {}, b""), (200, {}, b"{}"), (429, {}, b""), (201, {}, b"{}")]
    assert transport.json("POST", "api/operations", {}, repeatable=True) == {}
    assert transport.json("POST", "api/exports", {}) == {}, "too many requests: nothing was done"


def test_the_token_stays_with_its_server(servers: list[Scripted], transport: Transport) -> None:
    ours, storage = servers
    ours.answers = [(302, {"Location": f"{storage.url}/signed?x=1"}, b"")]
    storage.answers = [(200, {}, b"file")]
    assert transport.send("GET", "api/exports/1/files/a").data == b"file"
    assert ours.asked == [("GET", "/api/exports/1/files/a", "Bearer secret")]
    assert storage.asked == [("GET", "/signed?x=1", None)]
    ours.answers = [(301, {"Location": "https://elsewhere.example/"}, b"")]
    with pytest.raises(ServerUnavailableError, match="expected no redirect of POST"):
        transport.json("POST", "api/exports", {})


def test_an_error_has_code_details_and_the_id_to_ask_about(
    servers: list[Scripted], transport: Transport
) -> None:
    body = {"code": "version_conflict", "message": "Stale.", "details": {"a": 1}, "request_id": "r"}
    servers[0].answers = [(409, {}, json.dumps(body).encode())]
    with pytest.raises(ApiError, match=r"Stale\.") as refused:
        transport.json("POST", "api/x", {})
    error = refused.value
    assert (error.status, error.code, error.details, error.request_id) == (
        409, "version_conflict", {"a": 1}, "r",
    )  # fmt: skip
