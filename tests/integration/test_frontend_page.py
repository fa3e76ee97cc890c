"""The browser tool's page is served at every address that is its own."""

from pathlib import Path

import pytest
from django.test import Client


@pytest.fixture
def built(settings, tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<!doctype html><title>labelapp</title>")
    settings.FRONTEND_DIST = tmp_path


@pytest.mark.parametrize("address", ["/", "/login", "/clips/123", "/projects/a/exports"])
def test_its_addresses_get_the_page(built, address) -> None:
    response = Client().get(address)
    assert response.status_code == 200
    assert b"<title>labelapp</title>" in response.content
    assert response["Content-Type"].startswith("text/html")


def test_the_page_is_never_cached_and_loads_only_our_own(built) -> None:
    response = Client().get("/")
    assert response["Cache-Control"] == "no-cache"
    assert "default-src 'self'" in response["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in response["Content-Security-Policy"]


@pytest.mark.parametrize("address", ["/assets/gone.js", "/favicon.ico", "/static/gone.css"])
def test_a_file_that_is_not_there_is_not_the_page(built, db, address) -> None:
    assert Client().get(address).status_code == 404


def test_the_page_cannot_be_posted_to(built) -> None:
    assert Client().post("/").status_code == 405


def test_before_it_is_built_a_sentence_says_so(settings, tmp_path: Path) -> None:
    settings.FRONTEND_DIST = tmp_path
    response = Client().get("/")
    assert response.status_code == 503
    assert b"not built yet" in response.content
