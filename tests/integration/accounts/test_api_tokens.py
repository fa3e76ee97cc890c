"""Programs act with tokens: scopes, expiry, revocation; and nobody reads them from the database."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

from labelapp.accounts.models import ApiToken
from labelapp.accounts.scopes import Scope, scope_needed
from labelapp.accounts.services import api_token_create


def token_of(cast: Any, name: str, *scopes: str, days: int = 1) -> str:
    return api_token_create(actor=cast[name], name="ci", scopes=scopes or ["read"], days=days)[1]


def asked(text: str, method: str, path: str, body: Any = None) -> Any:
    return Client().generic(
        method,
        path,
        b"" if body is None else body,
        content_type="application/json",
        headers={"Authorization": f"Bearer {text}"},
    )


def test_a_token_sees_what_its_owner_sees(cast: Any) -> None:
    text = token_of(cast, "engineer")
    assert [p["slug"] for p in asked(text, "GET", "/api/projects").json()] == ["a"]
    assert asked(token_of(cast, "stranger"), "GET", "/api/projects/a/clips").status_code == 404


def test_a_token_needs_the_scope_of_what_it_does(cast: Any) -> None:
    text = token_of(cast, "admin", "read")
    response = asked(text, "POST", "/api/work/claim", b"{}")
    assert (response.status_code, response.json()["code"]) == (403, "scope_missing")
    assert response.json()["details"] == {"scope": "label"}
    assert (
        asked(token_of(cast, "admin", "label"), "POST", "/api/work/claim", b"{}").status_code == 200
    )
    assert asked(token_of(cast, "admin", "label"), "GET", "/api/projects").status_code == 403


def test_a_token_makes_no_other_tokens_and_no_passwords(cast: Any) -> None:
    text = token_of(cast, "admin", *(scope.value for scope in Scope))
    assert asked(text, "GET", "/api/me/tokens").json()["code"] == "scope_missing"
    assert asked(text, "POST", "/api/me/tokens", b"{}").json()["code"] == "scope_missing"
    assert asked(text, "PUT", "/api/me/password", b"{}").json()["code"] == "scope_missing"


def test_a_session_is_not_asked_for_scopes(cast: Any) -> None:
    assert cast.client("admin").send("POST", "/api/work/claim", {}).status_code == 200


@pytest.mark.parametrize("text", ["", "nonsense", "labelapp_" + "x" * 43, "a b", "\x00", "ü"])
def test_an_unknown_token_is_refused_with_a_sentence(cast: Any, text: str) -> None:
    response = asked(text, "GET", "/api/projects")
    assert (response.status_code, response.json()["code"]) == (401, "token_refused")


def test_an_unknown_token_beside_a_session_is_not_let_in_by_the_session(cast: Any) -> None:
    headers = {"Authorization": "Bearer nonsense"}
    assert cast.client("admin").get("/api/projects", headers=headers).status_code == 401


def test_an_expired_and_a_revoked_token_are_refused(cast: Any) -> None:
    text = token_of(cast, "engineer")
    ApiToken.objects.update(
        created_at=timezone.now() - timedelta(days=2), expires_at=timezone.now() - timedelta(days=1)
    )
    assert "has expired" in asked(text, "GET", "/api/projects").json()["message"]
    other = token_of(cast, "engineer")
    client = cast.client("engineer")
    newest = client.get("/api/me/tokens").json()[0]
    assert client.delete(f"/api/me/tokens/{newest['id']}").status_code == 204
    assert "was revoked" in asked(other, "GET", "/api/projects").json()["message"]


def test_the_token_of_a_closed_account_is_refused(cast: Any) -> None:
    text = token_of(cast, "engineer")
    cast["engineer"].is_active = False
    cast["engineer"].save()
    assert asked(text, "GET", "/api/projects").status_code == 401


def test_the_text_is_told_once_and_nowhere_kept(cast: Any) -> None:
    client = cast.client("engineer")
    made = client.send("POST", "/api/me/tokens", {"name": "ci", "scopes": ["read", "export"]})
    assert made.status_code == 201
    text = made.json()["text"]
    assert "no-store" in made["Cache-Control"]
    listed = client.get("/api/me/tokens").json()
    assert [(t["prefix"], t["scopes"]) for t in listed] == [(text[:13], ["export", "read"])]
    assert "text" not in listed[0]
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(t)::text FROM accounts_apitoken t")
        assert text[13:] not in cursor.fetchone()[0]


@pytest.mark.parametrize(
    "change",
    [{"scopes": []}, {"scopes": ["root"]}, {"days": 0}, {"days": 10_000}, {"name": "  "}],
)
def test_a_wrong_token_is_not_made(cast: Any, change: dict[str, Any]) -> None:
    body = {"name": "ci", "scopes": ["read"], "days": 30, **change}
    response = cast.client("engineer").send("POST", "/api/me/tokens", body)
    assert response.status_code == 400
    assert next(iter(change)) in response.json()["message"]
    assert ApiToken.objects.count() == 0


def test_the_database_refuses_a_token_without_scopes_or_end(cast: Any) -> None:
    now = timezone.now()
    whole = {"user": cast["engineer"], "name": "x", "created_at": now}
    with pytest.raises(IntegrityError, match="api_token_may_something"), transaction.atomic():
        ApiToken.objects.create(**whole, digest="1", scopes=[], expires_at=now + timedelta(1))
    with pytest.raises(IntegrityError, match="api_token_ends"), transaction.atomic():
        ApiToken.objects.create(**whole, digest="2", scopes=["read"], expires_at=now)


def test_using_a_token_is_noted_to_the_minute(cast: Any) -> None:
    text = token_of(cast, "engineer")
    asked(text, "GET", "/api/projects")
    noted = ApiToken.objects.get().last_used_at
    asked(text, "GET", "/api/projects")
    assert ApiToken.objects.get().last_used_at == noted is not None


def test_whatever_no_rule_names_needs_the_scope_to_manage() -> None:
    assert scope_needed("something-new", "POST") == Scope.MANAGE
    assert scope_needed("", "DELETE") == Scope.MANAGE
    assert scope_needed("label-set-list", "POST") == Scope.LABEL
    assert scope_needed("clip-list", "GET") == Scope.READ
    assert scope_needed("api-token-list", "GET") is None
