"""A code beside the password: set up, asked for, used once, recovered, demanded."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.test import Client

from labelapp.accounts.models import User
from labelapp.audit.models import AuditEntry
from tests.integration.accounts.test_session import PASSWORD, log_in

#: Sessions of the fixtures begin now, and end some days after.
NOON = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=1)


def code_of(secret: str, at: datetime) -> str:
    return format_hotp_value(hotp_value(secret, int(at.timestamp()) // 30))


@pytest.fixture
def anna(db: None) -> User:
    return User.objects.create_user("Anna", password=PASSWORD)


def set_up(client: Any) -> tuple[str, list[str]]:
    """Set up the second factor of who is logged in, at noon; return the secret and the codes."""
    with time_machine.travel(NOON, tick=False):
        made = client.post("/api/me/mfa").json()
        body = {"code": code_of(made["secret"], NOON)}
        answer = client.put("/api/me/mfa", body, content_type="application/json")
    assert answer.status_code == 200, answer.content
    return made["secret"], answer.json()["codes"]


@pytest.fixture
def secret_and_codes(anna: User) -> tuple[str, list[str]]:
    client = Client()
    client.force_login(anna)
    return set_up(client)


def send_code(client: Client, code: str) -> Any:
    return client.post("/api/session/code", {"code": code}, content_type="application/json")


def test_the_password_alone_logs_nobody_in(anna, secret_and_codes) -> None:
    client = Client()
    answer = log_in(client)
    assert (answer.status_code, answer.json()) == (200, {"user": None, "needs_code": True})
    assert client.get("/api/projects").status_code == 401
    assert client.get("/api/session").json() == {"user": None, "needs_code": True}
    later = NOON + timedelta(minutes=5)
    with time_machine.travel(later, tick=False):
        log_in(client)
        wrong = send_code(client, code_of(secret_and_codes[0], later - timedelta(minutes=2)))
        assert (wrong.status_code, wrong.json()["code"]) == (400, "code_refused")
        right = send_code(client, code_of(secret_and_codes[0], later))
    assert right.json()["user"]["username"] == "Anna"
    assert client.get("/api/session").json()["user"]["username"] == "Anna"


def test_a_code_counts_once_in_whatever_browser(anna, secret_and_codes) -> None:
    later = NOON + timedelta(minutes=5)
    code = code_of(secret_and_codes[0], later)
    with time_machine.travel(later, tick=False):
        for expected in (200, 400):
            client = Client()
            log_in(client)
            assert send_code(client, code).status_code == expected
        # The one before is older than what was used.
        client = Client()
        log_in(client)
        before = code_of(secret_and_codes[0], later - timedelta(seconds=30))
        assert send_code(client, before).status_code == 400


def test_a_recovery_code_helps_once(anna, secret_and_codes) -> None:
    _, codes = secret_and_codes
    assert len(codes) == len(set(codes)) == 10
    for expected in (200, 400):
        client = Client()
        log_in(client)
        assert send_code(client, codes[3]).status_code == expected
    client.force_login(anna)
    assert client.get("/api/me/mfa").json()["recovery_codes_left"] == 9


def test_a_code_without_a_password_is_nothing(anna, secret_and_codes) -> None:
    answer = send_code(Client(), secret_and_codes[1][0])
    assert (answer.status_code, answer.json()["code"]) == (400, "login_failed")


def test_a_password_waits_for_its_code_ten_minutes(anna, secret_and_codes) -> None:
    client = Client()
    with time_machine.travel(NOON, tick=False) as clock:
        log_in(client)
        clock.shift(timedelta(minutes=11))
        assert send_code(client, secret_and_codes[1][0]).json()["code"] == "login_failed"


def test_wrong_codes_lock_out_as_wrong_passwords_do(anna, secret_and_codes, settings) -> None:
    settings.AXES_FAILURE_LIMIT = 3
    client = Client()
    log_in(client)
    for _ in range(3):
        send_code(client, "000000")
    # Neither the right code nor the password helps from here.
    assert send_code(client, secret_and_codes[1][0]).json()["code"] == "locked_out"
    assert log_in(Client()).json()["code"] == "locked_out"


def test_the_admin_pages_login_is_no_way_around(anna, secret_and_codes) -> None:
    anna.is_staff = anna.is_superuser = True
    anna.save()
    client = Client()
    form = {"username": "Anna", "password": PASSWORD, "next": "/admin/"}
    answer = client.post("/admin/login/", form)
    assert answer.status_code == 200
    assert "You log in with a code" in answer.content.decode()
    assert client.get("/admin/").status_code == 302


def test_it_starts_only_with_a_code_of_the_app(anna) -> None:
    client = Client()
    client.force_login(anna)
    made = client.post("/api/me/mfa").json()
    assert made["svg"].startswith("<?xml")
    assert f"secret={made['secret']}" in made["url"]
    answer = client.put("/api/me/mfa", {"code": "000000"}, content_type="application/json")
    assert answer.json()["code"] == "code_refused"
    assert client.get("/api/me/mfa").json()["since"] is None
    assert log_in(Client()).json()["user"]["username"] == "Anna"


def test_giving_it_up_and_new_recovery_codes_take_a_code(anna, secret_and_codes) -> None:
    _, codes = secret_and_codes
    client = Client()
    client.force_login(anna)
    for path in ("/api/me/mfa/off", "/api/me/mfa/recovery-codes"):
        answer = client.post(path, {"code": "000000"}, content_type="application/json")
        assert answer.json()["code"] == "code_refused"
    renew = client.post(
        "/api/me/mfa/recovery-codes", {"code": codes[0]}, content_type="application/json"
    )
    new = renew.json()["codes"]
    assert not set(new) & set(codes)
    old = client.post("/api/me/mfa/off", {"code": codes[1]}, content_type="application/json")
    assert old.status_code == 400
    off = client.post("/api/me/mfa/off", {"code": new[0]}, content_type="application/json")
    assert off.status_code == 204
    assert log_in(Client()).json()["user"]["username"] == "Anna"


def test_secrets_are_kept_encrypted_and_the_log_tells_no_more_than_that(
    anna, secret_and_codes
) -> None:
    totp = Authenticator.objects.get(user=anna, type="totp")
    assert secret_and_codes[0] not in str(totp.data)
    entries = AuditEntry.objects.filter(kind="second_factor", action="create")
    assert {entry.target_name for entry in entries} == {"Anna"}
    assert all("data" not in entry.after for entry in entries)


def test_a_program_can_neither_set_it_up_nor_end_it(anna, secret_and_codes) -> None:
    client = Client()
    client.force_login(anna)
    body = {"name": "nightly", "scopes": ["read", "manage"], "days": 1}
    token = client.post("/api/me/tokens", body, content_type="application/json").json()["text"]
    program = Client(headers={"Authorization": f"Bearer {token}"})
    assert program.get("/api/me/mfa").status_code == 403
    assert program.post("/api/me/mfa").status_code == 403


@pytest.mark.parametrize(
    ("asked", "demanded"),
    [
        (["labeller"], {"labeller"}),
        (["admin@a"], {"admin"}),
        (["*@b"], {"stranger"}),
        (["admin@b", "reviewer@a"], {"stranger", "reviewer"}),
        ([], set()),
    ],
)
def test_roles_that_ask_for_it_can_do_nothing_without(cast, settings, asked, demanded) -> None:
    settings.SECOND_FACTOR_FOR = frozenset(asked)
    for name in ("admin", "labeller", "reviewer", "stranger"):
        client = cast.client(name)
        answer = client.get("/api/projects")
        assert answer.status_code == (403 if name in demanded else 200), name
        session = client.get("/api/session").json()["user"]
        assert session["needs_second_factor"] == (name in demanded)
    for name in demanded:
        assert cast.client(name).get("/api/projects").json()["code"] == "second_factor_needed"
        set_up(cast.client(name))
        assert cast.client(name).get("/api/projects").status_code == 200
