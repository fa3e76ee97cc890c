"""Many wrong passwords lock an address out of a name, and nothing else."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from labelapp.accounts.models import User
from tests.integration.accounts.test_session import PASSWORD, log_in


@pytest.fixture
def anna(db: None) -> User:
    return User.objects.create_user("Anna", password=PASSWORD)


@pytest.fixture(autouse=True)
def few_failures(settings: Any) -> None:
    settings.AXES_FAILURE_LIMIT = 3


def fail(times: int, **more: Any) -> None:
    for _ in range(times):
        log_in(Client(), password="wrong", **more)


def test_the_right_password_comes_too_late(anna: User) -> None:
    fail(3, username="aNNa")
    response = log_in(Client())
    assert (response.status_code, response.json()["code"]) == (429, "locked_out")
    assert "15 minutes" in response.json()["message"]
    assert response["Retry-After"] == "900"


def test_one_wrong_password_less_locks_nobody_out(anna: User) -> None:
    fail(2)
    assert log_in(Client()).status_code == 200
    fail(2)
    assert log_in(Client()).status_code == 200, "a success begins anew"


def test_it_ends_by_itself(anna: User) -> None:
    fail(3)
    with time_machine.travel(timezone.now() + timedelta(minutes=16)):
        assert log_in(Client()).status_code == 200


def test_nobody_is_locked_out_from_elsewhere(anna: User) -> None:
    fail(3, REMOTE_ADDR="10.0.0.9")
    assert log_in(Client(), REMOTE_ADDR="10.0.0.9").status_code == 429
    assert log_in(Client()).status_code == 200


def test_another_name_is_not_locked_out(anna: User) -> None:
    fail(3, username="ben")
    assert log_in(Client()).status_code == 200


def test_the_admins_login_is_no_way_around(anna: User) -> None:
    anna.is_staff = True
    anna.save()
    fail(3)
    page = Client().post("/admin/login/", {"username": "anna", "password": PASSWORD})
    assert page.status_code == 429


def test_changing_the_password_needs_the_old_one_and_keeps_the_rules(anna: User) -> None:
    client = Client()
    log_in(client)
    send = {"path": "/api/me/password", "content_type": "application/json"}
    wrong = client.put(data={"old_password": "x", "new_password": "another phrase"}, **send)
    assert wrong.json()["message"] == "old_password: this is not your password."
    short = client.put(data={"old_password": PASSWORD, "new_password": "short"}, **send)
    assert short.json()["message"].startswith("new_password: This password is too short")
    right = client.put(data={"old_password": PASSWORD, "new_password": "another phrase"}, **send)
    assert right.status_code == 204
    assert client.get("/api/projects").status_code == 200, "one's own session goes on"
    assert log_in(Client()).status_code == 400
    assert log_in(Client(), password="another phrase").status_code == 200
