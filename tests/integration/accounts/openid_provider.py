"""A provider of OpenID Connect that can be told to lie: a real one never would.

It speaks HTTP on a port of its own, holds clients to PKCE, their secret and the address they gave,
and takes a code once. What it says wrongly is put into its fields by a test.
"""

import base64
import hashlib
import json
import threading
import time
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from django.test import Client
from joserfc import jws
from joserfc.jwk import RSAKey

OPENID = "/api/session/openid"
CLIENT_ID, CLIENT_SECRET = "labelapp", "a secret of sixteen letters and more"


class LyingProvider:
    """One provider; a test changes what it says."""

    def __init__(self) -> None:
        self._own_key = RSAKey.generate_key(2048, {"kid": "one"})
        self.tell_the_truth()
        #: What the token endpoint was asked, form by form.
        self.asked: list[dict[str, str]] = []
        self._codes: dict[str, dict[str, str]] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.issuer = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def tell_the_truth(self) -> None:
        """Take back what a test had it say."""
        self.key = self._own_key
        #: What the token is signed with, where that is another one.
        self.signing_key: Any = None
        self.algorithm = "RS256"
        self.kid = "one"
        self.person: dict[str, Any] = {"sub": "sub-of-anna", "preferred_username": "Anna"}
        #: Claims of the token that differ; None leaves one out.
        self.token_claims: dict[str, Any] = {}
        self.userinfo: dict[str, Any] = {}
        self.metadata: dict[str, Any] = {}
        self.sends_id_token = True
        self.token_status = 200

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def visit(self, url: str) -> str:
        """Log in as a browser would, and return the path that it is sent back to."""
        with urllib.request.build_opener(Stay).open(url, timeout=10) as answer:
            back = urlsplit(answer.headers["Location"])
        return f"{back.path}?{back.query}"

    def metadata_answer(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "jwks_uri": f"{self.issuer}/jwks",
            "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
        } | self.metadata

    def authorize(self, query: dict[str, str]) -> str:
        """Return where the browser goes back to."""
        assert query["response_type"] == "code"
        assert query["code_challenge_method"] == "S256"
        assert "openid" in query["scope"].split()
        code = f"code-{len(self._codes)}"
        self._codes[code] = query
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}"

    def token(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        self.asked.append(form)
        sent = base64.b64decode(authorization.removeprefix("Basic ")).decode()
        asked = self._codes.pop(form["code"], None)
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if self.token_status != 200:
            return self.token_status, {}
        if (
            asked is None
            or sent.split(":")[0] != CLIENT_ID
            or asked["redirect_uri"] != form["redirect_uri"]
            or asked["code_challenge"] != challenge
        ):
            return 400, {"error": "invalid_grant"}
        answer: dict[str, Any] = {"access_token": "access", "token_type": "Bearer"}
        if self.sends_id_token:
            answer["id_token"] = self._id_token(asked["nonce"])
        return 200, answer

    def _id_token(self, nonce: str) -> str:
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT_ID, "iat": now, "exp": now + 300}
        claims |= {"nonce": nonce} | self.person | self.token_claims
        told = {name: value for name, value in claims.items() if value is not None}
        header = {"alg": self.algorithm, "kid": self.kid}
        if self.algorithm == "none":
            parts = (json.dumps(part).encode() for part in (header, told))
            return ".".join(base64.urlsafe_b64encode(p).rstrip(b"=").decode() for p in parts) + "."
        key = self.signing_key or self.key
        # Not jwt.encode(): what can't be UTF-8 must be sayable, as JSON's escapes say it.
        content = json.dumps(told)
        return jws.serialize_compact(header, content, key, algorithms=[self.algorithm])

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                found = urlsplit(self.path)
                if found.path == "/authorize":
                    query = {name: values[0] for name, values in parse_qs(found.query).items()}
                    self.send_response(302)
                    self.send_header("Location", provider.authorize(query))
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                    return
                answers = {
                    "/.well-known/openid-configuration": provider.metadata_answer,
                    "/jwks": lambda: {"keys": [provider.key.as_dict(private=False)]},
                    "/userinfo": lambda: {"sub": provider.person["sub"]} | provider.userinfo,
                }
                self._send(200, answers[found.path]())

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                form = {name: values[0] for name, values in parse_qs(body).items()}
                self._send(*provider.token(form, self.headers.get("Authorization", "")))

            def _send(self, status: int, body: dict[str, Any]) -> None:
                content = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        return Handler


class Stay(urllib.request.HTTPRedirectHandler):
    """Takes being sent elsewhere as the answer."""

    def http_error_302(self, req: Any, fp: Any, code: int, msg: str, headers: Any) -> Any:
        return fp


def begin(client: Client, page: str = "/") -> str:
    answer = client.post(OPENID, {"page": page}, content_type="application/json")
    assert answer.status_code == 200, answer.content
    return str(answer.json()["url"])


def log_in(client: Client, provider: LyingProvider, page: str = "/") -> Any:
    return client.get(provider.visit(begin(client, page)))


def who(client: Client) -> str | None:
    user = client.get("/api/session").json()["user"]
    return None if user is None else str(user["username"])


def refusal(client: Client) -> str:
    assert who(client) is None
    return str(client.get(OPENID).json()["refusal"])
