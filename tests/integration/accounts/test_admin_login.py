"""The admin's own login page is no way around the limit."""

import pytest
from django.test import Client

from labelapp.accounts.models import User

PASSWORD = "a long enough pass phrase"


@pytest.fixture
def root(db: None) -> User:
    return User.objects.create_superuser("root", password=PASSWORD)


def attempt(client: Client, password: str, path: str = "/admin/login/"):
    return client.post(path, {"username": "root", "password": password})


def test_staff_log_in_to_the_admin(root: User) -> None:
    client = Client()
    assert client.get("/admin/login/").status_code == 200
    assert attempt(client, PASSWORD, "/admin/login/?next=/admin/").status_code == 302
    assert client.get("/admin/").status_code == 200


def test_the_eleventh_attempt_within_a_minute_is_refused(root: User) -> None:
    client = Client()
    assert [attempt(client, "wrong").status_code for _ in range(10)] == [200] * 10
    assert attempt(client, PASSWORD).status_code == 429


def test_attempts_here_and_at_the_api_count_together(root: User) -> None:
    client = Client()
    for _ in range(10):
        attempt(client, "wrong")
    body = {"username": "ROOT", "password": PASSWORD}
    response = client.post("/api/session", body, content_type="application/json")
    assert response.status_code == 429


def test_a_member_who_is_no_staff_has_no_admin(db: None) -> None:
    User.objects.create_user("root", password=PASSWORD)
    client = Client()
    assert attempt(client, PASSWORD).status_code == 200
    assert client.get("/admin/").status_code == 302
