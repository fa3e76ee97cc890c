"""Somebody logs in at a provider, comes out where they wanted to go, and is told when refused."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from product import Product

from tests.serving import free_port, served

_BERT = '{"sub": "sub-of-bert", "preferred_username": "bert", "name": "Bert Brecht"}'
_OTHER = '{"sub": "sub-of-another", "preferred_username": "admin"}'


@pytest.fixture
def issuer() -> Iterator[str]:
    """A provider that isn't ours, as a process of its own."""
    people = ["--user-claims", _BERT, "--user-claims", _OTHER]
    with served("oidc_provider_mock", *people) as address:
        yield address


@pytest.fixture
def own_product(tmp_path: Path, issuer: str) -> Iterator[Product]:
    settings = {"ISSUER": issuer, "CLIENT_ID": "labelapp", "CLIENT_SECRET": "any"}
    settings |= {"NAME": "Example ID", "CREATE": "1"}
    product = Product(
        tmp_path,
        free_port(),
        ("--without-clip",),
        settings={f"LABELAPP_OIDC_{name}": value for name, value in settings.items()},
    )
    product.start()
    yield product
    product.stop()


def go_to_provider(page: Page, url: str, person: str) -> None:
    page.goto(url)
    page.get_by_test_id("openid-login").click()
    page.get_by_role("button", name=person).click()


@pytest.mark.slow
def test_somebody_logs_in_at_a_provider_and_another_is_refused(
    browser: Browser, own_product: Product, issuer: str, screenshot_folder: Path
) -> None:
    context = browser.new_context(viewport={"width": 1366, "height": 768}, color_scheme="dark")
    context.set_default_timeout(60_000)
    page = context.new_page()
    go_to_provider(page, f"{own_product.url}/account", "sub-of-bert")
    expect(page.get_by_role("heading", name="Your account")).to_be_visible()
    expect(page).to_have_url(f"{own_product.url}/account")
    expect(page.get_by_test_id("user-menu")).to_contain_text("BB")

    # Who logs out here is asked there whether they log out there too, and comes back.
    page.get_by_test_id("user-menu").click()
    page.get_by_test_id("logout").click()
    expect(page).to_have_url(re.compile(re.escape(f"{issuer}/") + ".*end_session"))
    page.get_by_role("button").first.click()
    expect(page.get_by_test_id("openid-login")).to_be_visible()

    # Who calls themself as somebody here does is not them.
    context.clear_cookies()
    go_to_provider(page, own_product.url, "sub-of-another")
    refusal = page.get_by_test_id("openid-refusal")
    expect(refusal).to_have_text(re.compile("'admin' isn't linked to your login at Example ID"))
    page.screenshot(path=screenshot_folder / "openid-refused.png")
    context.close()
