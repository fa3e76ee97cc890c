"""The way to a provider of OpenID Connect and back, as one browser goes it."""

import time
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.http import url_has_allowed_host_and_scheme

from labelapp.accounts.errors import OpenidRefusedError, OpenidUnreachableError
from labelapp.accounts.oidc_accounts import user_of
from labelapp.accounts.oidc_provider import Word, logout_url, question_make, word_of
from labelapp.accounts.oidc_settings import OidcSettings
from labelapp.accounts.pending_login import login_begin, pending_user
from labelapp.common.errors import NotFoundError

_ASKED: Final = "openid_asked"
_REFUSAL: Final = "openid_refusal"
_OWES_CODE: Final = "openid_owes_code"
_ID_TOKEN: Final = "openid_id_token"  # noqa: S105  a key's name
_LASTS_S: Final = 600
#: Tabs of one browser that may be on their way at once.
_MOST_ASKED: Final = 8


def require_provider() -> OidcSettings:
    """Return who vouches for people.

    Raises:
        NotFoundError: Nobody does.
    """
    config: OidcSettings | None = settings.OIDC
    if config is None:
        msg = "Nobody logs in by OpenID Connect here: LABELAPP_OIDC_ISSUER is not set."
        raise NotFoundError(msg)
    return config


def way_there(request: HttpRequest, *, page: str) -> str:
    """Return where a browser goes to log in; it is known again when it comes back.

    Args:
        request: The browser's.
        page: Where it wants to come out: a path of ours; whatever else counts as the front page.

    Raises:
        NotFoundError: Nobody logs in this way.
        OpenidUnreachableError: The provider does not answer.
    """
    config = require_provider()
    back = _callback_url(request, config)
    question = question_make(config, redirect_uri=back)
    asked = {
        "state": question.state,
        "nonce": question.nonce,
        "code_verifier": question.code_verifier,
        "redirect_uri": back,
        "page": _own_page(page),
        "until": time.time() + _LASTS_S,
    }
    request.session[_ASKED] = [*request.session.get(_ASKED, []), asked][-_MOST_ASKED:]
    request.session.pop(_REFUSAL, None)
    return question.url


def way_back(request: HttpRequest) -> str:
    """Log in who comes back from the provider, and return the page that they come out at.

    Where they are not let in, or owe a code, that page says so.

    Raises:
        NotFoundError: Nobody logs in this way.
    """
    config = require_provider()
    page = "/"
    try:
        asked = _asked_take(request, request.GET.get("state", ""))
        page = str(asked["page"])
        word = _answer_of(request, config, asked)
        user = user_of(config, word.claims)
    except OpenidRefusedError as error:
        refusal = {"sentence": error.message, "until": time.time() + _LASTS_S}
        request.session[_REFUSAL] = refusal
        return page
    if not login_begin(request, user):
        request.session[_OWES_CODE] = True
    # Logging in empties the session of somebody else: only from here on it is theirs.
    request.session[_ID_TOKEN] = word.id_token
    request.session.pop(_REFUSAL, None)
    return page


def way_out(request: HttpRequest) -> str | None:
    """Return where a browser logs out at the provider, to be asked before it logs out here.

    None: it didn't log in there, or the provider has no such address or doesn't answer: nobody is
    kept from logging out here.
    """
    config: OidcSettings | None = settings.OIDC
    id_token = request.session.get(_ID_TOKEN)
    if config is None or not config.logs_out_there or id_token is None:
        return None
    front_page = f"{config.public_url}/" if config.public_url else request.build_absolute_uri("/")
    try:
        return logout_url(config, id_token=id_token, back_to=front_page)
    except (OpenidRefusedError, OpenidUnreachableError):
        return None  # the log says why


def refusal_of(request: HttpRequest) -> str | None:
    """Return why the last one who came back to this browser wasn't let in."""
    found = request.session.get(_REFUSAL)
    if found is None or found["until"] < time.time() or request.user.is_authenticated:
        return None
    return str(found["sentence"])


def owes_code(request: HttpRequest) -> bool:
    """Whether a provider has vouched for who is at this browser, and they owe a code."""
    return bool(request.session.get(_OWES_CODE)) and pending_user(request) is not None


def _asked_take(request: HttpRequest, state: str) -> dict[str, Any]:
    """Return what was asked with a state; each counts once."""
    now = time.time()
    asked = [one for one in request.session.get(_ASKED, []) if one["until"] >= now]
    found = [one for one in asked if constant_time_compare(one["state"], state)]
    request.session[_ASKED] = [one for one in asked if one not in found]
    if not found:
        msg = "This browser didn't ask to log in, or too long ago: log in again."
        raise OpenidRefusedError(msg)
    return dict(found[0])


def _answer_of(request: HttpRequest, config: OidcSettings, asked: dict[str, Any]) -> Word:
    if request.GET.get("error"):
        reason = request.GET.get("error_description") or request.GET["error"]
        msg = f"{config.name} did not let you in: {_printable(reason)}"
        raise OpenidRefusedError(msg)
    # RFC 9207: an answer of another provider's is none to our question.
    if request.GET.get("iss", config.issuer) != config.issuer:
        msg = f"Somebody else than {config.name} answered: log in again."
        raise OpenidRefusedError(msg)
    code = request.GET.get("code", "")
    if not code:
        msg = f"{config.name} sent no code: log in again."
        raise OpenidRefusedError(msg)
    return word_of(
        config,
        code=code,
        nonce=asked["nonce"],
        code_verifier=asked["code_verifier"],
        redirect_uri=asked["redirect_uri"],
    )


def _callback_url(request: HttpRequest, config: OidcSettings) -> str:
    path = reverse("session-openid-callback")
    return f"{config.public_url}{path}" if config.public_url else request.build_absolute_uri(path)


def _own_page(page: str) -> str:
    """Return a path of our own, the front page's where it is something else."""
    is_ours = page.startswith("/") and url_has_allowed_host_and_scheme(page, allowed_hosts=None)
    # Below these nothing is a page that one comes out at.
    if not is_ours or urlsplit(page).path.startswith(("/api/", "/static/")):
        return "/"
    return page


def _printable(text: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in text)[:200]
