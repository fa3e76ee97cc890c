"""Asking a provider of OpenID Connect who somebody is.

Authorization code flow with PKCE (RFC 6749, RFC 7636) and OpenID Connect Core 1.0. Authlib speaks
the protocol; here is what must hold before a word of the provider's is believed.
"""

import logging
import secrets
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.django_client import OAuth
from joserfc.errors import JoseError
from requests import RequestException

from labelapp.accounts.errors import OpenidRefusedError, OpenidUnreachableError
from labelapp.accounts.oidc_settings import OidcSettings, is_safe_url

#: Signed by the provider's private key; with ``none`` or a shared secret anybody else could sign.
_ALGORITHMS: Final = frozenset(
    f"{kind}{bits}" for kind in ("RS", "PS", "ES") for bits in (256, 384, 512)
) | {"EdDSA", "Ed25519"}
_TIMEOUT_S: Final = 10
#: What the provider says of itself, its keys among it, is asked for again after so long.
_FRESH_S: Final = 600
#: So far clocks may be apart.
_LEEWAY_S: Final = 60
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Question:
    """What a browser is sent to the provider with, and what its answer is held against.

    Attributes:
        url: Where the browser goes.
        state: Comes back with the answer.
        nonce: Comes back inside the token.
        code_verifier: Of PKCE: never leaves the server but to the provider's token endpoint.
    """

    url: str
    state: str
    nonce: str
    code_verifier: str


@dataclass(frozen=True, slots=True)
class Word:
    """What a provider says of somebody.

    Attributes:
        claims: Of the token, and what the user information tells beside.
        id_token: The token itself, by which the provider knows later whom it logged in.
    """

    claims: dict[str, Any]
    id_token: str


def question_make(config: OidcSettings, *, redirect_uri: str) -> Question:
    """Return a new question to the provider.

    Raises:
        OpenidUnreachableError: It does not say where to ask.
    """
    with _provider_errors(config):
        made = _client(config).create_authorization_url(redirect_uri)
    return Question(made["url"], made["state"], made["nonce"], made["code_verifier"])


def word_of(
    config: OidcSettings, *, code: str, nonce: str, code_verifier: str, redirect_uri: str
) -> Word:
    """Return what the provider says of who came back with a code.

    The token's signature, issuer, audience, expiry and nonce are checked. What it leaves out, the
    provider's user information may tell.

    Raises:
        OpenidRefusedError: The code or the token is not right.
        OpenidUnreachableError: The provider does not answer.
    """
    with _provider_errors(config):
        client = _client(config)
        token = client.fetch_access_token(
            redirect_uri=redirect_uri, code=code, code_verifier=code_verifier
        )
        options = {
            "iss": {"essential": True, "value": config.issuer},
            "aud": {"essential": True, "value": config.client_id},
        }
        claims = client.parse_id_token(token, nonce=nonce, claims_options=options, leeway=_LEEWAY_S)
        if claims is None:
            msg = f"{config.name} sent no token that says who you are."
            raise OpenidRefusedError(msg)
        wanted = {config.username_claim, "name", "email", "email_verified"}
        told: Mapping[str, Any] = claims
        if not wanted <= set(claims) and client.server_metadata.get("userinfo_endpoint"):
            more = client.userinfo(token=token)
            # Core 1.0, 5.3.2: else it may be somebody else's.
            if more.get("sub") != claims["sub"]:
                msg = f"{config.name} told of somebody else than the one who logged in there."
                raise OpenidRefusedError(msg)
            told = {**more, **claims}
    return Word(dict(told), str(token["id_token"]))


def logout_url(config: OidcSettings, *, id_token: str, back_to: str) -> str | None:
    """Return where a browser goes to log out at the provider as well.

    OpenID Connect RP-Initiated Logout 1.0, section 2.

    Args:
        config: The provider.
        id_token: What it said when they logged in.
        back_to: Where it sends them afterwards; it has to know this address.

    Returns:
        None where the provider offers no such thing.

    Raises:
        OpenidUnreachableError: It does not say where.
    """
    with _provider_errors(config):
        endpoint = _client(config).server_metadata.get("end_session_endpoint")
    if endpoint is None:
        return None
    # Some providers send nobody back without a state, though it tells us nothing.
    query = {
        "id_token_hint": id_token,
        "client_id": config.client_id,
        "post_logout_redirect_uri": back_to,
        "state": secrets.token_urlsafe(16),
    }
    return f"{endpoint}{'&' if urlsplit(endpoint).query else '?'}{urlencode(query)}"


@lru_cache(maxsize=4)
def _client_made(config: OidcSettings, _period: int) -> Any:
    # ``_period`` is there to have another one made in the next.
    client = OAuth().register(
        "openid",
        client_id=config.client_id,
        client_secret=config.client_secret or None,
        server_metadata_url=f"{config.issuer.rstrip('/')}/.well-known/openid-configuration",
        client_kwargs={
            "scope": " ".join(dict.fromkeys(("openid", *config.scopes))),
            "code_challenge_method": "S256",
            "default_timeout": _TIMEOUT_S,
        },
    )
    found = client.load_server_metadata()
    if found.get("issuer") != config.issuer:
        msg = f"its discovery document is of the issuer {found.get('issuer')!r}"
        raise ValueError(msg)
    asked = ("authorization_endpoint", "token_endpoint", "jwks_uri")
    for name in (*asked, *({"userinfo_endpoint", "end_session_endpoint"} & set(found))):
        if not is_safe_url(str(found.get(name, ""))):
            msg = f"{name}: expected an https address, found {found.get(name)!r}"
            raise ValueError(msg)
    offered = found.get("id_token_signing_alg_values_supported", ["RS256"])
    signed = [name for name in offered if name in _ALGORITHMS]
    if not signed:
        msg = f"it signs by {offered!r} alone, none of which is a public key's"
        raise ValueError(msg)
    found["id_token_signing_alg_values_supported"] = signed
    ways = found.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
    if config.client_secret and "client_secret_basic" not in ways and "client_secret_post" in ways:
        client.client_kwargs["token_endpoint_auth_method"] = "client_secret_post"  # noqa: S105  a way's name
    return client


def _client(config: OidcSettings) -> Any:
    return _client_made(config, int(time.time() // _FRESH_S))


@contextmanager
def _provider_errors(config: OidcSettings) -> Iterator[None]:
    """Say in a sentence what goes wrong with the provider; the log has what it was."""
    try:
        yield
    except (AuthlibBaseError, JoseError) as error:
        _log.warning("OpenID login refused by what %s sent: %s", config.issuer, error)
        msg = f"What {config.name} sent can't be trusted ({error.error}): log in again."
        raise OpenidRefusedError(msg) from error
    # Also where a provider answers something else than it should: text, a list, half a document.
    except (RequestException, ValueError, KeyError, TypeError, AttributeError) as error:
        _log.warning("OpenID provider %s: %s", config.issuer, error)
        msg = f"{config.name} does not answer as it should: try again later, or ask an admin."
        raise OpenidUnreachableError(msg) from error
