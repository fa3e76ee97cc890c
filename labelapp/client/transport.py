"""Requests to one server, sent again where that does no harm, and its errors as exceptions."""

import json
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

import urllib3
from urllib3.exceptions import HTTPError, NewConnectionError, ResponseError

from labelapp.client.errors import ServerUnavailableError, SettingError, api_error

VERSION = "0.1.0"
#: The server, or a proxy before it, is busy or being restarted.
_BUSY = frozenset({429, 502, 503, 504})
#: These say that nothing was done, so that even what isn't idempotent can be sent again.
_NOTHING_DONE = frozenset({429, 503})
_IDEMPOTENT = frozenset({"GET", "HEAD", "PUT", "DELETE"})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_LONGEST_PAUSE_S = 30.0
_FIRST_PAUSE_S = 0.25
_MOST_REDIRECTS = 3


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to bear with a server that doesn't answer.

    Attributes:
        tries: how often a request is sent at most.
        timeout_s: how long a connection may be silent.
        sleep: waits so many seconds.
    """

    tries: int = 6
    timeout_s: float = 60.0
    sleep: Callable[[float], None] = time.sleep

    def pause(self, attempt: int, asked_s: float | None) -> None:
        """Wait before the next try: what the server asks for, else longer each time."""
        # Half of it by chance, so that many clients don't come back at the same moment.
        longest = min(_LONGEST_PAUSE_S, _FIRST_PAUSE_S * 2**attempt)
        own = longest * (0.5 + 0.5 * random.random())  # noqa: S311  nothing is secret about it
        self.sleep(own if asked_s is None else min(_LONGEST_PAUSE_S, max(asked_s, own)))


class Transport:
    """One server, and the token that says who asks.

    Args:
        url: of the product, such as ``https://labels.example.com``.
        token: an API token.
        patience: how often and how long to try.

    Raises:
        SettingError: the address is none.
    """

    def __init__(self, url: str, token: str, *, patience: Patience | None = None) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.netloc:
            msg = f"url: expected an address such as https://labels.example.com, found '{url}'."
            raise SettingError(msg)
        if not token or any(not "!" <= sign <= "~" for sign in token):
            msg = "token: expected the text of an API token, found none or one with blanks."
            raise SettingError(msg)
        self.url = url.rstrip("/") + "/"
        self.patience = patience or Patience()
        self._origin = (parts.scheme, parts.netloc)
        self._token = token
        self._pool = urllib3.PoolManager(
            timeout=self.patience.timeout_s,
            retries=False,
            maxsize=8,
            headers={"User-Agent": f"labelapp-client/{VERSION}"},
        )

    def close(self) -> None:
        """Close the kept connections."""
        self._pool.clear()

    def json(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        query: Mapping[str, object] | None = None,
        repeatable: bool = False,
    ) -> Any:
        """Send a request and return the parsed answer, None where there is none.

        Args:
            method: of HTTP.
            path: below the server's address, such as ``api/session``.
            body: anything that JSON can say; None: no body.
            query: for the address.
            repeatable: sending it twice does no harm, though the method alone doesn't say so.

        Raises:
            ApiError: the server refused it.
            ServerUnavailableError: there was no answer.
        """
        asked = {name: value for name, value in (query or {}).items() if value is not None}
        address = f"{path}?{urlencode(asked)}" if asked else path
        content = None if body is None else json.dumps(body, allow_nan=False).encode()
        kind = {} if content is None else {"Content-Type": "application/json"}
        response = self.send(method, address, content, kind, repeatable=repeatable)
        return json.loads(response.data) if response.data else None

    def send(
        self,
        method: str,
        path: str,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        *,
        repeatable: bool = False,
        stream: bool = False,
    ) -> urllib3.BaseHTTPResponse:
        """Send a request and return an answer that is no error.

        Args:
            method: of HTTP.
            path: below the server's address, or a whole address.
            content: the body.
            headers: beside those that all requests have.
            repeatable: sending it twice does no harm, though the method alone doesn't say so.
            stream: leave the body to be read by the caller, who closes the answer.

        Raises:
            ApiError: the server refused it.
            ServerUnavailableError: there was no answer.
        """
        may_repeat = repeatable or method in _IDEMPOTENT
        address = urljoin(self.url, path)
        where = f"{method} {address.partition('?')[0]}"
        problem = ""
        for attempt in range(self.patience.tries):
            asked_s = None
            try:
                response = self._exchange(method, address, content, headers or {}, stream=stream)
            except ResponseError as error:
                raise ServerUnavailableError(f"{where}: {error}.") from error
            except HTTPError as error:
                problem = _reason(error)
                if not (may_repeat or isinstance(error, NewConnectionError)):
                    msg = f"{where}: {problem}. Whether it was done isn't known, so look first."
                    raise ServerUnavailableError(msg) from error
            else:
                if response.status < 400:
                    return response
                if not self._try_again(response.status, may_repeat=may_repeat):
                    raise api_error(response.status, _parsed(response), where=where)
                problem = f"status {response.status}"
                asked_s = _seconds(response.headers.get("Retry-After"))
                response.close()
            if attempt + 1 < self.patience.tries:
                self.patience.pause(attempt, asked_s)
        msg = f"{where}: no answer in {self.patience.tries} tries, at last {problem}."
        raise ServerUnavailableError(msg)

    @staticmethod
    def _try_again(status: int, *, may_repeat: bool) -> bool:
        return status in _NOTHING_DONE or (may_repeat and status in _BUSY)

    def _exchange(
        self,
        method: str,
        address: str,
        content: bytes | None,
        headers: Mapping[str, str],
        *,
        stream: bool,
    ) -> urllib3.BaseHTTPResponse:
        """Send one request; redirects of downloads are followed, the token stays at home."""
        for _ in range(_MOST_REDIRECTS + 1):
            own = dict(headers)
            # Signed links of a storage lead elsewhere: it must not see who asks.
            parts = urlsplit(address)
            if (parts.scheme, parts.netloc) == self._origin:
                own["Authorization"] = f"Bearer {self._token}"
            response = self._pool.request(
                method,
                address,
                body=content,
                headers={**self._pool.headers, **own},
                redirect=False,
                preload_content=not stream,
            )
            target = response.headers.get("Location")
            if response.status not in _REDIRECTS or target is None:
                return response
            response.close()
            if method != "GET":
                msg = f"expected no redirect of {method}, found one to {target}: check the address"
                raise ResponseError(msg)
            address = urljoin(address, target)
        msg = f"expected at most {_MOST_REDIRECTS} redirects, found more"
        raise ResponseError(msg)


def _parsed(response: urllib3.BaseHTTPResponse) -> object:
    try:
        return json.loads(response.data)
    except ValueError:
        return None
    finally:
        response.close()


def _seconds(text: str | None) -> float | None:
    return float(text) if text is not None and text.isdecimal() and len(text) < 6 else None


def _reason(error: HTTPError) -> str:
    """Return what went wrong without the objects that urllib3 puts in."""
    text = str(error)
    return text.rpartition(": ")[2] or type(error).__name__
