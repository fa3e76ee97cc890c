"""Inviting people: a link for one person, told once, that ends."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError
from django.utils import timezone

from labelapp.accounts.models import User
from labelapp.audit.models import AuditEntry
from labelapp.projects.models import Invitation, Membership
from tests.integration.conftest import Browser

PASSWORD = "quiet-Harbour-39"


def invite(cast: Any, **more: Any) -> dict[str, Any]:
    body = {"role": "labeller"} | more
    answer = cast.client("admin").send("POST", "/api/projects/a/invitations", body)
    assert answer.status_code == 201, answer.content
    found: dict[str, Any] = answer.json()
    return found


def accept(client: Any, text: str, **account: Any) -> Any:
    return client.send("POST", "/api/invitations/accept", {"text": text} | account)


def test_a_newcomer_makes_an_account_and_is_a_member(cast) -> None:
    text = invite(cast, role="reviewer", note="Kim")["text"]
    newcomer = Browser()
    shown = newcomer.send("POST", "/api/invitations/look", {"text": text}).json()
    assert (shown["project"], shown["project_name"], shown["role"]) == (
        "a",
        "Project A",
        "reviewer",
    )
    joined = accept(newcomer, text, username="kim", display_name="Kim L", password=PASSWORD)
    assert joined.json()["user"]["display_name"] == "Kim L"
    assert newcomer.get("/api/projects").json()[0]["role"] == "reviewer"
    kim = User.objects.get(username="kim")
    assert kim.check_password(PASSWORD)
    assert (Invitation.objects.get().used_by, kim.is_staff) == (kim, False)
    again = accept(Browser(), text, username="lee", password=PASSWORD)
    assert again.status_code == 404
    assert "was used already" in again.json()["message"]
    assert not User.objects.filter(username="lee").exists()


def test_who_has_an_account_joins_as_they_are(cast) -> None:
    text = invite(cast)["text"]
    assert accept(cast.client("stranger"), text).status_code == 200
    assert Membership.objects.get(project=cast.project, user=cast["stranger"]).role == "labeller"
    other = invite(cast)["text"]
    refused = accept(cast.client("reviewer"), other)
    assert refused.status_code == 409
    assert "a member of Project A already" in refused.json()["message"]
    assert Membership.objects.get(project=cast.project, user=cast["reviewer"]).role == "reviewer"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"revoked_at": timezone.now()}, "was revoked"),
        (
            {
                "created_at": timezone.now() - timedelta(days=2),
                "expires_at": timezone.now() - timedelta(days=1),
            },
            "has expired",
        ),
    ],
)
def test_what_has_ended_lets_nobody_in(cast, change, sentence: str) -> None:
    text = invite(cast)["text"]
    Invitation.objects.update(**change)
    for answer in (
        Browser().send("POST", "/api/invitations/look", {"text": text}),
        accept(Browser(), text, username="kim", password=PASSWORD),
    ):
        assert answer.status_code == 404
        assert sentence in answer.json()["message"]
    assert cast.client("admin").get("/api/projects/a/invitations").json() == []


@pytest.mark.parametrize(
    ("account", "sentence"),
    [
        ({}, "username: expected a name"),
        ({"username": "Labeller", "password": PASSWORD}, "username: the name 'Labeller' is taken"),
        ({"username": "kim", "password": "short"}, "password: This password is too short"),
        ({"username": "kim"}, "password: This password is too short"),
        ({"username": "k m", "password": PASSWORD}, "username: Enter a valid username"),
    ],
)
def test_an_account_that_cannot_be_leaves_the_invitation_good(cast, account, sentence) -> None:
    text = invite(cast)["text"]
    answer = accept(Browser(), text, **account)
    assert answer.status_code == 400
    assert answer.json()["message"].startswith(sentence)
    assert accept(Browser(), text, username="kim", password=PASSWORD).status_code == 200


def test_the_text_is_told_once_and_kept_nowhere(cast) -> None:
    text = invite(cast, note="for Kim")["text"]
    (listed,) = cast.client("admin").get("/api/projects/a/invitations").json()
    assert (listed["note"], listed["created_by"]) == ("for Kim", "admin")
    assert "text" not in listed
    assert text not in str(Invitation.objects.values())
    entry = AuditEntry.objects.get(kind="invitation")
    assert entry.after["digest"] == "(secret)"
    assert entry.actor == cast["admin"]


def test_a_revoked_invitation_is_gone_from_the_list(cast) -> None:
    made = invite(cast)
    path = f"/api/projects/a/invitations/{made['id']}"
    assert cast.client("admin").send("DELETE", path).status_code == 204
    assert cast.client("admin").get("/api/projects/a/invitations").json() == []


@pytest.mark.parametrize("days", [0, 91])
def test_an_invitation_does_not_last_for_ever(cast, days: int) -> None:
    body = {"role": "labeller", "days": days}
    answer = cast.client("admin").send("POST", "/api/projects/a/invitations", body)
    assert answer.status_code == 400
    assert "days" in answer.json()["details"]["fields"]


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"role": "king"}, "invitation_role_is_known"),
        ({"expires_at": timezone.now() - timedelta(days=1)}, "invitation_ends"),
        ({"used_at": timezone.now(), "revoked_at": timezone.now()}, "used_or_revoked"),
    ],
)
def test_the_database_refuses_invitations_that_cannot_be(cast, values, name: str) -> None:
    given = {"role": "labeller", "expires_at": timezone.now() + timedelta(days=1)} | values
    with pytest.raises(IntegrityError, match=name):
        Invitation.objects.create(project=cast.project, digest="0" * 64, **given)
