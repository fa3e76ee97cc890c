"""A provider of OpenID Connect that tells the truth, or lies as it is told."""

from collections.abc import Iterator
from typing import Any

import pytest

from labelapp.accounts import oidc_provider
from labelapp.accounts.oidc_settings import OidcSettings
from tests.integration.accounts.openid_provider import CLIENT_ID, CLIENT_SECRET, LyingProvider


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
