"""Logging in and out."""

import pytest
from django.db import connection
from django.test import Client

from labelapp.accounts.models import User

PASSWORD = "a long enough pass phrase"


@pytest.fixture
def anna(db: None) -> User:
    return User.objects.create_user("Anna", password=PASSWORD, display_name="Anna L.")


def log_in(client: Client, username: str = "Anna", password: str = PASSWORD, **headers):
    body = {"username": username, "password": password}
    return client.post("/api/session", body, content_type="application/json", **headers)


def test_nobody_is_logged_in_at_first(db: None) -> None:
    response = Client().get("/api/session")
    assert response.status_code == 200
    assert response.json() == {"user": None, "needs_code": False}


def test_asking_for_the_session_sets_the_csrf_cookie(db: None) -> None:
    assert "csrftoken" in Client().get("/api/session").cookies


def test_logging_in_starts_a_session(anna: User) -> None:
    client = Client()
    response = log_in(client)
    user = {"id": str(anna.pk), "username": "Anna", "display_name": "Anna L."}
    expected = {"user": {**user, "needs_second_factor": False}, "needs_code": False}
    assert (response.status_code, response.json()) == (200, expected)
    assert client.get("/api/session").json() == expected


def test_the_name_may_be_written_in_any_case(anna: User) -> None:
    assert log_in(Client(), username="aNNa").status_code == 200


def test_somebody_without_a_display_name_is_shown_by_user_name(db: None) -> None:
    User.objects.create_user("ben", password=PASSWORD)
    assert log_in(Client(), username="ben").json()["user"]["display_name"] == "ben"


def test_logging_out_ends_the_session(anna: User) -> None:
    client = Client()
    log_in(client)
    assert client.delete("/api/session").status_code == 204
    assert client.get("/api/session").json()["user"] is None


def test_logging_out_without_a_session_is_harmless(db: None) -> None:
    assert Client().delete("/api/session").status_code == 204


@pytest.mark.parametrize(
    ("username", "password"), [("Anna", "wrong"), ("nobody", PASSWORD), ("nobody", "wrong")]
)
def test_every_failure_reads_the_same(anna: User, username: str, password: str) -> None:
    client = Client()
    response = log_in(client, username, password)
    assert response.status_code == 400
    body = response.json()
    assert body["code"] == "login_failed"
    assert body["message"] == "No active account has this user name and password."
    assert client.get("/api/session").json()["user"] is None


def test_a_closed_account_cannot_log_in(anna: User) -> None:
    User.objects.filter(pk=anna.pk).update(is_active=False)
    assert log_in(Client()).json()["code"] == "login_failed"


def test_an_account_closed_during_its_session_is_out(anna: User) -> None:
    client = Client()
    log_in(client)
    User.objects.filter(pk=anna.pk).update(is_active=False)
    assert client.get("/api/projects").status_code == 401


@pytest.mark.parametrize("body", [{}, {"username": "Anna"}, {"username": ["Anna"]}, [], "text"])
def test_a_malformed_attempt_is_refused(db: None, body) -> None:
    response = Client().post("/api/session", body, content_type="application/json")
    assert response.status_code == 400
    assert response.json()["code"] == "invalid"


def test_the_eleventh_attempt_within_a_minute_is_refused_even_with_the_password(
    anna: User,
) -> None:
    client = Client()
    for _ in range(10):
        assert log_in(client, password="wrong").status_code == 400
    response = log_in(client)
    assert response.status_code == 429
    assert response.json()["code"] == "throttled"
    assert 0 < int(response["Retry-After"]) <= 60


def test_attempts_on_one_name_do_not_lock_out_another(anna: User) -> None:
    client = Client()
    for _ in range(11):
        log_in(client, username="ben", password="wrong")
    assert log_in(client).status_code == 200


def test_a_forged_forwarding_header_does_not_evade_the_limit(anna: User) -> None:
    client = Client()
    for attempt in range(10):
        log_in(client, password="wrong", HTTP_X_FORWARDED_FOR=f"10.0.0.{attempt}")
    assert log_in(client, HTTP_X_FORWARDED_FOR="10.9.9.9").status_code == 429


def test_attempts_are_counted_by_all_web_processes_together(anna: User) -> None:
    for _ in range(10):
        log_in(Client(), password="wrong")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM accounts_attempts")
        assert cursor.fetchone() == (2,)


@pytest.mark.parametrize("username", ["x" * 5000, "a b\tc", "ä" * 100, "\U0001f697"])
def test_any_text_may_be_tried_as_a_name(db: None, username: str) -> None:
    assert log_in(Client(), username=username).status_code == 400


def test_trying_many_names_from_one_address_is_refused(db: None) -> None:
    client = Client()
    statuses = [log_in(client, username=f"user{i}", password="x").status_code for i in range(101)]
    assert statuses[:100] == [400] * 100
    assert statuses[100] == 429


def test_logging_in_from_another_site_is_refused(anna: User) -> None:
    client = Client(enforce_csrf_checks=True)
    response = log_in(client)
    assert response.status_code == 403
    assert response.json()["code"] == "csrf_failed"


def test_logging_in_and_out_with_the_csrf_token_works(anna: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.get("/api/session")
    token = client.cookies["csrftoken"].value
    assert log_in(client, HTTP_X_CSRFTOKEN=token).status_code == 200
    # Logging in changes the token: one from before is worth nothing.
    assert client.delete("/api/session").status_code == 403
    token = client.cookies["csrftoken"].value
    assert client.delete("/api/session", HTTP_X_CSRFTOKEN=token).status_code == 204


def test_the_session_key_changes_when_somebody_logs_in(anna: User) -> None:
    client = Client()
    client.session["before"] = True
    before = client.session.session_key
    log_in(client)
    assert client.session.session_key != before
