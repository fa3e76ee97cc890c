"""Where webhooks may lead: to public addresses, never into the server's own network.

The name is resolved once, every address that it has is looked at, and the connection goes to the
very address that was looked at: a name that resolves to something else a moment later gains
nothing. Redirects aren't followed.
"""

import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

import urllib3
from django.conf import settings

from labelapp.notices.errors import TargetRefusedError

_TIMEOUT = urllib3.Timeout(connect=5.0, read=10.0)
#: Of an answer no more is read.
_MOST_BYTES = 2048


@dataclass(frozen=True, slots=True)
class Answer:
    """What a receiver said: the status, and the beginning of its text."""

    status: int
    text: str


def check_target(url: str) -> None:
    """Raise unless a webhook may lead there.

    Raises:
        TargetRefusedError: No https, a name that can't be resolved, or an inner address.
    """
    _address(_parts(url))


def post(url: str, body: bytes, headers: dict[str, str]) -> Answer:
    """Send a body to a webhook's address and return the answer.

    Raises:
        TargetRefusedError: It leads where it must not.
        urllib3.exceptions.HTTPError: Nobody answers there.
    """
    parts = _parts(url)
    host, address = parts.hostname or "", _address(parts)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    pool: urllib3.HTTPConnectionPool
    if parts.scheme == "https":
        pool = urllib3.HTTPSConnectionPool(
            address, port, server_hostname=host, assert_hostname=host, timeout=_TIMEOUT
        )
    else:
        pool = urllib3.HTTPConnectionPool(address, port, timeout=_TIMEOUT)
    shown_host = host if parts.port is None else f"{host}:{parts.port}"
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    with pool:
        response = pool.urlopen(
            "POST",
            path,
            body=body,
            headers={"Host": shown_host, **headers},
            retries=False,
            redirect=False,
            preload_content=False,
        )
        try:
            text = response.read(_MOST_BYTES, decode_content=False)
        finally:
            response.close()
    return Answer(response.status, text.decode("utf-8", "replace"))


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        port_is_right = parts.port is None or parts.port > 0
    except ValueError:
        raise _refused("an https address", url) from None
    if not parts.hostname or not port_is_right or not url.isascii() or not url.isprintable():
        raise _refused("an https address", url)
    if parts.username or parts.password:
        raise _refused("an address without user name and password", url)
    is_trusted = parts.hostname in settings.WEBHOOK_TRUSTED_HOSTS
    if parts.scheme != "https" and not (parts.scheme == "http" and is_trusted):
        raise _refused("an https address", url)
    return parts


def _address(parts: SplitResult) -> str:
    host = parts.hostname or ""
    try:
        found = socket.getaddrinfo(host, parts.port or 443, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        msg = f"url: the name '{host[:100]}' can't be resolved."
        raise TargetRefusedError(msg, details={"fields": {"url": [msg]}}) from None
    addresses = [str(entry[4][0]) for entry in found]
    if host not in settings.WEBHOOK_TRUSTED_HOSTS and not all(map(_is_public, addresses)):
        msg = f"url: '{host[:100]}' leads into an inner network, where this server sends nothing."
        raise TargetRefusedError(msg, details={"fields": {"url": [msg]}})
    return addresses[0]


def _is_public(text: str) -> bool:
    address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is not None:
            return _is_public(str(inner))
        if address.teredo is not None:
            return False
    return address.is_global and not address.is_multicast


def _refused(expected: str, found: str) -> TargetRefusedError:
    msg = f"url: expected {expected}, found '{found[:100]}'."
    return TargetRefusedError(msg, details={"fields": {"url": [msg]}})
