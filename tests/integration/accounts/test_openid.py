"""Logging in by OpenID Connect: who is let in, and whose account it is."""

import urllib.request
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import time_machine
from django.core.exceptions import ImproperlyConfigured
from django.test import Client

from labelapp.accounts.models import OidcIdentity, User
from labelapp.accounts.oidc_settings import OidcSettings
from labelapp.audit.models import AuditEntry
from labelapp.projects.models import Membership, Project, Role
from tests.integration.accounts.openid_provider import OPENID, Stay, begin, log_in, refusal, who
from tests.integration.accounts.test_second_factor import NOON, code_of, send_code, set_up
from tests.integration.accounts.test_session import PASSWORD
from tests.serving import served


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


def test_people_log_in_at_somebody_elses_provider(db, settings) -> None:
    claims = '{"sub": "sub-of-bert", "preferred_username": "bert", "name": "Bert B."}'
    with served("oidc_provider_mock", "-n", "true", "--user-claims", claims) as issuer:
        settings.OIDC = OidcSettings(
            issuer=issuer, client_id="any", client_secret="any", makes_accounts=True
        )
        client = Client()
        form = urlencode({"sub": "sub-of-bert"}).encode()
        with urllib.request.build_opener(Stay).open(begin(client), form, timeout=30) as answer:
            back = urlsplit(answer.headers["Location"])
        assert client.get(f"{back.path}?{back.query}").status_code == 302
    assert who(client) == "bert"
    assert User.objects.get().shown_name == "Bert B."
