"""Logging in by OpenID Connect: who is let in, whose account it is, and what is refused."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import time_machine
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from joserfc.jwk import OctKey, RSAKey

from labelapp.accounts import oidc_provider
from labelapp.accounts.models import OidcIdentity, User
from labelapp.accounts.oidc_settings import OidcSettings
from labelapp.audit.models import AuditEntry
from labelapp.projects.models import Membership, Project, Role
from tests.integration.accounts.openid_provider import (
    CLIENT_ID,
    CLIENT_SECRET,
    LyingProvider,
    _Stay,
)
from tests.integration.accounts.test_second_factor import NOON, code_of, send_code, set_up
from tests.integration.accounts.test_session import PASSWORD

OPENID = "/api/session/openid"


@pytest.fixture(scope="module")
def one_provider() -> Iterator[LyingProvider]:
    provider = LyingProvider()
    yield provider
    provider.close()


@pytest.fixture
def provider(one_provider: LyingProvider, settings: Any, db: None) -> Iterator[LyingProvider]:
    """A provider that says the truth so far; who comes from it gets an account."""
    one_provider.tell_the_truth()
    settings.OIDC = OidcSettings(
        issuer=one_provider.issuer,
        client_id=CLIENT_ID,
        client_secret=CLIENT_SECRET,
        name="Example",
        makes_accounts=True,
    )
    oidc_provider._client_made.cache_clear()
    yield one_provider
    oidc_provider._client_made.cache_clear()


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


def test_who_comes_first_gets_an_account_without_a_password(provider) -> None:
    provider.person |= {"name": "Anna A.", "email": "anna@example.org", "email_verified": True}
    client = Client()
    answer = log_in(client, provider, "/projects/night?tab=1")
    assert (answer.status_code, answer["Location"]) == (302, "/projects/night?tab=1")
    assert who(client) == "Anna"
    user = User.objects.get(username="Anna")
    assert (user.shown_name, user.email) == ("Anna A.", "anna@example.org")
    assert not user.has_usable_password()
    assert user.last_login is not None
    assert not user.is_staff
    kinds = AuditEntry.objects.filter(action="create").values_list("kind", flat=True)
    assert {"user", "openid_identity"} <= set(kinds)
    assert client.get(OPENID).json() == {"name": "Example", "refusal": None, "needs_code": False}


def test_a_name_that_cannot_be_shown_is_left_out(provider) -> None:
    provider.person["name"] = "An\0na \ud800"
    client = Client()
    log_in(client, provider)
    assert who(client) == "Anna"
    assert User.objects.get().shown_name == "Anna"


def test_an_account_is_known_by_its_subject_whatever_the_name(provider) -> None:
    log_in(Client(), provider)
    provider.person["preferred_username"] = "Anna-Maria"
    client = Client()
    log_in(client, provider)
    assert who(client) == "Anna"
    # Whoever has the name now is somebody else.
    provider.person = {"sub": "sub-of-another", "preferred_username": "anna"}
    other = Client()
    log_in(other, provider)
    assert "isn't linked" in refusal(other)
    assert User.objects.count() == 1


def test_nobody_gets_an_account_where_the_settings_make_none(provider, settings) -> None:
    settings.OIDC = replace(settings.OIDC, makes_accounts=False)
    client = Client()
    log_in(client, provider)
    assert refusal(client) == "There is no account 'Anna' here: ask an admin for one."
    assert not User.objects.exists()


def test_an_account_of_the_same_name_is_linked_only_where_the_settings_say_so(
    provider, settings
) -> None:
    anna = User.objects.create_user("anna", password=PASSWORD)
    client = Client()
    log_in(client, provider)
    assert "isn't linked to your login at Example" in refusal(client)
    settings.OIDC = replace(settings.OIDC, links_accounts=True)
    log_in(client, provider)
    assert who(client) == "anna"
    assert OidcIdentity.objects.get().user == anna
    # Now that it is somebody's, it becomes nobody else's.
    provider.person["sub"] = "sub-of-another"
    other = Client()
    log_in(other, provider)
    assert "isn't linked" in refusal(other)


def test_who_is_deactivated_stays_out(provider) -> None:
    log_in(Client(), provider)
    User.objects.update(is_active=False)
    client = Client()
    log_in(client, provider)
    assert refusal(client) == "The account 'Anna' is deactivated: ask an admin."


@pytest.mark.parametrize(
    ("claims", "sentence"),
    [
        ({"email": "a@example.org", "email_verified": True}, None),
        ({"email": "a@EXAMPLE.org", "email_verified": True}, None),
        ({"email": "a@example.org", "email_verified": False}, "vouches for none of you"),
        ({"email": "a@example.org", "email_verified": "true"}, "vouches for none of you"),
        ({"email": "a\ud800@example.org", "email_verified": True}, "vouches for none of you"),
        ({"email": "a@example.org.evil.net", "email_verified": True}, "yours is"),
        ({}, "vouches for none of you"),
    ],
)
def test_only_verified_addresses_of_the_domains_are_let_in(
    provider, settings, claims, sentence
) -> None:
    settings.OIDC = replace(settings.OIDC, email_domains=frozenset({"example.org"}))
    provider.person = {**provider.person, **claims}
    client = Client()
    log_in(client, provider)
    if sentence is None:
        assert who(client) == "Anna"
    else:
        assert sentence in refusal(client)
        assert not User.objects.exists()


@pytest.mark.parametrize(
    ("claims", "sentence"),
    [
        ({"preferred_username": None}, "tells no user name"),
        ({"preferred_username": ["Anna"]}, "tells no user name"),
        ({"preferred_username": "  "}, "tells no user name"),
        ({"preferred_username": "no spaces"}, "tells a username of you that can't be one"),
        ({"preferred_username": "a\0b"}, "tells no user name"),
        ({"preferred_username": "a\ud800"}, "tells no user name"),
        ({"preferred_username": "x" * 151}, "tells a username of you that can't be one"),
        ({"sub": "x" * 256}, "no subject that can be kept"),
        ({"sub": "a\0b"}, "no subject that can be kept"),
        ({"sub": "a\ud800"}, "no subject that can be kept"),
    ],
)
def test_what_cannot_be_an_account_is_refused_in_a_sentence(provider, claims, sentence) -> None:
    provider.person = {**provider.person, **claims}
    client = Client()
    log_in(client, provider)
    assert sentence in refusal(client)
    assert not User.objects.exists()


def test_what_the_token_leaves_out_the_user_information_tells(provider) -> None:
    provider.person = {"sub": "sub-of-anna"}
    provider.userinfo = {"preferred_username": "Anna"}
    client = Client()
    log_in(client, provider)
    assert who(client) == "Anna"
    provider.userinfo["sub"] = "sub-of-another"
    other = Client()
    log_in(other, provider)
    assert "somebody else than the one who logged in" in refusal(other)


_NOW = int(time.time())


@pytest.mark.parametrize(
    ("claims", "why"),
    [
        ({"aud": "another-client"}, "invalid_claim"),
        ({"aud": [CLIENT_ID, "another-client"]}, "missing_claim"),
        ({"aud": None}, "missing_claim"),
        ({"iss": "https://elsewhere.example.org"}, "invalid_claim"),
        ({"nonce": "another"}, "invalid_claim"),
        ({"nonce": None}, "missing_claim"),
        ({"exp": _NOW - 3600}, "expired_token"),
        ({"exp": None}, "missing_claim"),
        ({"nbf": _NOW + 36_000}, "invalid_claim"),
        ({"sub": None}, "missing_claim"),
    ],
)
def test_a_token_for_somebody_or_sometime_else_is_refused(provider, claims, why) -> None:
    provider.token_claims = claims
    client = Client()
    log_in(client, provider)
    assert f"What Example sent can't be trusted ({why})" in refusal(client)
    assert not User.objects.exists()


def forge(provider: LyingProvider, how: str) -> None:
    if how == "another's key":
        provider.signing_key = RSAKey.generate_key(2048, {"kid": "one"})
    elif how == "no signature":
        provider.algorithm = "none"
    elif how == "the client's secret":
        provider.algorithm, provider.signing_key = "HS256", OctKey.import_key(CLIENT_SECRET)
    elif how == "no token":
        provider.sends_id_token = False


@pytest.mark.parametrize(
    "how", ["another's key", "no signature", "the client's secret", "no token"]
)
def test_only_the_providers_own_signature_counts(provider, how) -> None:
    forge(provider, how)
    client = Client()
    log_in(client, provider)
    assert ("can't be trusted" in refusal(client)) or ("sent no token" in refusal(client))
    assert not User.objects.exists()


def test_new_keys_of_the_provider_are_found(provider) -> None:
    log_in(Client(), provider)
    provider.key, provider.kid = RSAKey.generate_key(2048, {"kid": "two"}), "two"
    client = Client()
    log_in(client, provider)
    assert who(client) == "Anna"


def test_a_state_counts_once_in_its_own_browser_and_not_forever(provider) -> None:
    client, stranger = Client(), Client()
    back = provider.visit(begin(client))
    stranger.get(back)
    assert "didn't ask to log in" in refusal(stranger)
    provider.token_claims = {"aud": "another-client"}
    client.get(back)
    assert "can't be trusted" in refusal(client)
    provider.token_claims = {}
    client.get(back)
    assert "didn't ask to log in" in refusal(client)
    assert not User.objects.exists()
    late = Client()
    back = provider.visit(begin(late))
    with time_machine.travel(time.time() + 601):
        late.get(back)
        assert "too long ago" in refusal(late)


def test_the_code_is_bound_to_the_browser_by_pkce(provider) -> None:
    client = Client()
    url = begin(client)
    back = provider.visit(url)
    client.get(back)
    assert who(client) == "Anna"
    verifier = provider.asked[-1]["code_verifier"]
    assert len(verifier) >= 43
    assert verifier not in url
    # Somebody else's code in one's own answer: their challenge is not one's own.
    other, thief = Client(), Client()
    stolen = parse_qs(urlsplit(provider.visit(begin(other))).query)["code"][0]
    state = parse_qs(urlsplit(begin(thief)).query)["state"][0]
    thief.get(f"{OPENID}/callback?{urlencode({'code': stolen, 'state': state})}")
    assert "can't be trusted (invalid_grant)" in refusal(thief)


@pytest.mark.parametrize(
    "page",
    [
        "https://evil.example.org/",
        "//evil.example.org/",
        "/\\evil.example.org",
        "///evil.example.org",
        "javascript:alert(1)",
        "/api/session",
        "projects",
    ],
)
def test_nobody_is_sent_elsewhere(provider, page) -> None:
    client = Client()
    answer = client.post(OPENID, {"page": page}, content_type="application/json")
    assert answer.status_code == 200
    assert client.get(provider.visit(answer.json()["url"]))["Location"] == "/"


def test_another_site_cannot_begin_a_login(provider) -> None:
    client = Client(enforce_csrf_checks=True)
    assert client.post(OPENID, {}, content_type="application/json").status_code == 403
    token = client.get(OPENID).cookies["csrftoken"].value
    headers = {"X-CSRFToken": token}
    answer = client.post(OPENID, {}, content_type="application/json", headers=headers)
    assert answer.status_code == 200


def test_what_the_provider_refuses_is_told_and_another_providers_answer_is_none(provider) -> None:
    for sent, sentence in (
        ({"error": "access_denied"}, "Example did not let you in: access_denied"),
        ({"error": "x", "error_description": "no\r\nlicence"}, "did not let you in: no  licence"),
        ({"code": "c", "iss": "https://elsewhere.example.org"}, "Somebody else than Example"),
        ({}, "Example sent no code"),
    ):
        client = Client()
        state = parse_qs(urlsplit(begin(client)).query)["state"][0]
        client.get(f"{OPENID}/callback?{urlencode({'state': state, **sent})}")
        assert sentence in refusal(client)


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://elsewhere.example.org"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"token_endpoint": "http://elsewhere.example.org/token"},
        {"id_token_signing_alg_values_supported": ["HS256", "none"]},
        {"jwks_uri": None},
        {"userinfo_endpoint": "http://elsewhere.example.org/me"},
    ],
)
def test_a_provider_that_is_another_one_is_not_asked(provider, metadata) -> None:
    provider.metadata = metadata
    answer = Client().post(OPENID, {}, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (503, "openid_unreachable")


def test_a_provider_that_does_not_answer_is_told_in_a_sentence(provider, settings) -> None:
    client = Client()
    back = provider.visit(begin(client))
    provider.token_status = 500
    client.get(back)
    assert "Example does not answer as it should" in refusal(client)
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        issuer = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        settings.OIDC = replace(settings.OIDC, issuer=issuer)
        answer = client.post(OPENID, {}, content_type="application/json")
    assert answer.status_code == 503
    assert "does not answer" in answer.json()["message"]


def test_a_second_factor_is_asked_for_after_the_provider(provider) -> None:
    client = Client()
    log_in(client, provider)
    secret, _ = set_up(client)
    later = NOON + timedelta(minutes=5)
    with time_machine.travel(later, tick=False):
        client = Client()
        log_in(client, provider)
        assert who(client) is None
        assert client.get("/api/projects").status_code == 401
        assert client.get(OPENID).json()["needs_code"] is True
        wrong = send_code(client, code_of(secret, later - timedelta(minutes=2)))
        assert wrong.status_code == 400
        assert send_code(client, code_of(secret, later)).status_code == 200
        assert who(client) == "Anna"
        assert client.get(OPENID).json()["needs_code"] is False


def test_a_role_that_asks_for_a_second_factor_asks_whoever_comes_by_openid(
    provider, settings
) -> None:
    client = Client()
    log_in(client, provider)
    settings.SECOND_FACTOR_FOR = frozenset({"labeller"})
    project = Project.objects.create(slug="a", name="A")
    anna = User.objects.get()
    Membership.objects.create(project=project, user=anna, role=Role.LABELLER)
    answer = client.get("/api/projects")
    assert (answer.status_code, answer.json()["code"]) == (403, "second_factor_needed")


def test_who_has_no_password_cannot_make_one_that_outlives_the_provider(provider) -> None:
    client = Client()
    log_in(client, provider)
    body = {"old_password": "", "new_password": "a whole new phrase"}
    answer = client.put("/api/me/password", body, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    assert not User.objects.get().has_usable_password()


def test_where_browsers_find_us_is_as_the_settings_say(provider, settings) -> None:
    settings.OIDC = replace(settings.OIDC, public_url="https://label.example.org")
    asked = parse_qs(urlsplit(begin(Client())).query)
    assert asked["redirect_uri"] == ["https://label.example.org/api/session/openid/callback"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("issuer", "http://id.example.org"),
        ("issuer", "id.example.org"),
        ("issuer", "https://id.example.org/?tenant=1"),
        ("client_id", ""),
        ("username_claim", ""),
        ("public_url", "ftp://label.example.org"),
    ],
)
def test_settings_that_cannot_be_are_refused_when_the_server_starts(field, value) -> None:
    good = OidcSettings(issuer="https://id.example.org", client_id="labelapp")
    with pytest.raises(ImproperlyConfigured, match=r"LABELAPP_\w+: expected"):
        replace(good, **{field: value})


@pytest.fixture
def independent_provider() -> Iterator[str]:
    """Somebody else's provider, as a process of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    claims = '{"sub": "sub-of-bert", "preferred_username": "bert", "name": "Bert B."}'
    command = [sys.executable, "-m", "oidc_provider_mock", "-p", str(port), "-n", "true"]
    process = subprocess.Popen(
        [*command, "--user-claims", claims],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONWARNINGS": "ignore"},
    )
    issuer = f"http://127.0.0.1:{port}"
    try:
        for _ in range(600):
            assert process.poll() is None, "the provider ended"
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield issuer
    finally:
        process.terminate()
        process.wait(timeout=30)


def test_people_log_in_at_somebody_elses_provider(db, settings, independent_provider) -> None:
    settings.OIDC = OidcSettings(
        issuer=independent_provider, client_id="any", client_secret="any", makes_accounts=True
    )
    client = Client()
    form = urlencode({"sub": "sub-of-bert"}).encode()
    with urllib.request.build_opener(_Stay).open(begin(client), form, timeout=30) as answer:
        back = urlsplit(answer.headers["Location"])
    assert client.get(f"{back.path}?{back.query}").status_code == 302
    assert who(client) == "bert"
    assert User.objects.get().shown_name == "Bert B."


def test_who_logs_out_is_sent_to_log_out_at_the_provider_as_well(provider) -> None:
    endpoint = f"{provider.issuer}/end?realm=night"
    provider.metadata = {"end_session_endpoint": endpoint}
    client = Client()
    log_in(client, provider)
    answer = client.delete("/api/session")
    assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store")
    url = answer.json()["url"]
    assert url.startswith(f"{endpoint}&")
    query = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    assert query["client_id"] == CLIENT_ID
    assert query["post_logout_redirect_uri"] == "http://testserver/"
    assert query["id_token_hint"].count(".") == 2
    assert query["state"]
    assert who(client) is None
    assert client.delete("/api/session").status_code == 204, "there is no session any more"


def test_who_owed_a_code_logs_out_at_the_provider_too(provider) -> None:
    provider.metadata = {"end_session_endpoint": f"{provider.issuer}/end"}
    first = Client()
    log_in(first, provider)
    secret, _ = set_up(first)
    later = NOON + timedelta(minutes=5)
    client = Client()
    with time_machine.travel(later, tick=False):
        provider.token_claims = {"iat": int(later.timestamp()), "exp": int(later.timestamp()) + 300}
        log_in(client, provider)
        assert send_code(client, code_of(secret, later)).status_code == 200
        assert who(client) == "Anna"
        assert client.delete("/api/session").status_code == 200


@pytest.mark.parametrize("why", ["no address", "turned off", "silent", "by password"])
def test_logging_out_here_never_needs_the_provider(provider, settings, cast, why: str) -> None:
    if why != "no address":
        provider.metadata = {"end_session_endpoint": f"{provider.issuer}/end"}
    client = Client()
    log_in(client, provider)
    if why == "turned off":
        settings.OIDC = replace(settings.OIDC, logs_out_there=False)
    if why == "silent":
        oidc_provider._client_made.cache_clear()
        provider.metadata = {"issuer": "https://somebody.else"}
    if why == "by password":
        client = Client()
        client.force_login(cast["labeller"])
    assert client.delete("/api/session").status_code == 204
    assert who(client) is None


def test_an_address_to_log_out_at_that_others_could_read_is_refused(provider) -> None:
    provider.metadata = {"end_session_endpoint": "http://id.example.org/end"}
    answer = Client().post(OPENID, {"page": "/"}, content_type="application/json")
    assert answer.status_code == 503
