"""A bare HTTP client with a session, as a script of a user would have."""

import http.cookiejar
import json
import urllib.error
import urllib.request
from typing import Any


class ApiError(Exception):
    """An answer that is not 2xx."""

    def __init__(self, status: int, body: Any) -> None:
        super().__init__(f"{status}: {body}")
        self.status = status
        self.body = body


class ApiClient:
    """Speaks JSON to one server, with cookies and the CSRF header."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._cookies = http.cookiejar.CookieJar()
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(self._cookies)
        )

    def log_in(self, username: str, password: str) -> "ApiClient":
        self.get("/api/session")
        self.post("/api/session", {"username": username, "password": password})
        return self

    def get(self, path: str) -> Any:
        return self._call("GET", path)

    def post(self, path: str, body: Any, *, headers: dict[str, str] | None = None) -> Any:
        return self._call("POST", path, body, headers or {})

    def patch(self, path: str, body: Any) -> Any:
        return self._call("PATCH", path, body)

    def read(self, path: str) -> bytes:
        with self._opener.open(f"{self.url}{path}", timeout=30) as answer:
            return answer.read()

    def _call(
        self, method: str, path: str, body: Any = None, more: dict[str, str] | None = None
    ) -> Any:
        headers = {"Accept": "application/json", "Referer": self.url, **(more or {})}
        for cookie in self._cookies:
            if cookie.name == "csrftoken":
                headers["X-CSRFToken"] = cookie.value or ""
        content = None
        if body is not None:
            content = json.dumps(body).encode()
            headers["Content-Type"] = "application/json"
        request = urllib.request.Request(
            f"{self.url}{path}", data=content, headers=headers, method=method
        )
        try:
            with self._opener.open(request, timeout=30) as answer:
                text = answer.read()
        except urllib.error.HTTPError as error:
            with error:
                text = error.read()
            try:
                details = json.loads(text)
            except ValueError:
                details = text[:500]
            raise ApiError(error.code, details) from error
        return json.loads(text) if text else None
