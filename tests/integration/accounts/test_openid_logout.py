"""Logging out at the OpenID provider as well."""

from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.test import Client

from labelapp.accounts import oidc_provider
from tests.integration.accounts.openid_provider import CLIENT_ID, OPENID, log_in, who
from tests.integration.accounts.test_second_factor import NOON, code_of, send_code, set_up


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
