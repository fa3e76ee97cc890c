"""Logging in by OpenID Connect: what a provider or somebody between can send and is refused."""

import socket
import time
from dataclasses import replace
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import time_machine
from django.test import Client
from joserfc.jwk import OctKey, RSAKey

from labelapp.accounts.models import User
from tests.integration.accounts.openid_provider import (
    CLIENT_ID,
    CLIENT_SECRET,
    OPENID,
    LyingProvider,
    begin,
    log_in,
    refusal,
    who,
)

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
