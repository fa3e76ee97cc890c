"""How people log in at a provider of OpenID Connect: what the environment says of it."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

_OWN_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})
_LONGEST_URL = 500


@dataclass(frozen=True, slots=True)
class OidcSettings:
    """One provider, and what its word counts for.

    Attributes:
        issuer: The provider's name as its tokens say it; its discovery document lies below.
        client_id: What it knows us by.
        client_secret: Empty for a public client, which has PKCE alone.
        name: What the button says.
        username_claim: The claim that is the user name.
        scopes: What is asked for, beside ``openid``.
        makes_accounts: Whether who has no account gets one.
        links_accounts: Whether an account of the same user name becomes theirs. It does only where
            people can't choose the names that the provider tells of them.
        email_domains: Those whose verified addresses are let in; none: all are.
        logs_out_there: Whether who logs out here is logged out at the provider as well.
        public_url: Where browsers find us, without a slash at the end; empty: as they say.
    """

    issuer: str
    client_id: str
    client_secret: str = ""
    name: str = "OpenID"
    username_claim: str = "preferred_username"
    scopes: tuple[str, ...] = ("profile", "email")
    makes_accounts: bool = False
    links_accounts: bool = False
    email_domains: frozenset[str] = frozenset()
    logs_out_there: bool = True
    public_url: str = ""

    def __post_init__(self) -> None:
        _require_safe_url("LABELAPP_OIDC_ISSUER", self.issuer)
        if self.public_url:
            _require_safe_url("LABELAPP_PUBLIC_URL", self.public_url)
        if not self.client_id:
            msg = "LABELAPP_OIDC_CLIENT_ID: expected what the provider knows us by, found nothing."
            raise ImproperlyConfigured(msg)
        if not self.username_claim:
            msg = "LABELAPP_OIDC_USERNAME_CLAIM: expected a claim's name, found nothing."
            raise ImproperlyConfigured(msg)


def from_environment(env: Any) -> OidcSettings | None:
    """Return what the environment says; None: nobody logs in by OpenID Connect.

    Args:
        env: An ``environ.Env``.

    Raises:
        ImproperlyConfigured: A setting cannot be.
    """
    issuer = env.str("LABELAPP_OIDC_ISSUER", "")
    if not issuer:
        return None
    return OidcSettings(
        issuer=issuer,
        client_id=env.str("LABELAPP_OIDC_CLIENT_ID", ""),
        client_secret=env.str("LABELAPP_OIDC_CLIENT_SECRET", ""),
        name=env.str("LABELAPP_OIDC_NAME", "").strip() or "OpenID",
        username_claim=env.str("LABELAPP_OIDC_USERNAME_CLAIM", "preferred_username"),
        scopes=tuple(env.list("LABELAPP_OIDC_SCOPES", default=["profile", "email"])),
        makes_accounts=env.bool("LABELAPP_OIDC_CREATE", False),
        links_accounts=env.bool("LABELAPP_OIDC_LINK", False),
        email_domains=frozenset(
            domain.strip().removeprefix("@").casefold()
            for domain in env.list("LABELAPP_OIDC_EMAIL_DOMAINS", default=[])
        ),
        logs_out_there=env.bool("LABELAPP_OIDC_LOGOUT", True),
        public_url=env.str("LABELAPP_PUBLIC_URL", "").rstrip("/"),
    )


def is_safe_url(url: str) -> bool:
    """Whether nobody between here and there can read along: https, or this machine itself."""
    try:
        found = urlsplit(url)
        host = found.hostname
    except ValueError:
        return False
    return bool(host) and (
        found.scheme == "https" or (found.scheme == "http" and host in _OWN_HOSTS)
    )


def _require_safe_url(name: str, url: str) -> None:
    is_plain = len(url) <= _LONGEST_URL and not {"?", "#"} & set(url)
    if not is_plain or not is_safe_url(url):
        msg = (
            f"{name}: expected an address as https://host/path (http for this machine alone),"
            f" found '{url[:200]}'."
        )
        raise ImproperlyConfigured(msg)
