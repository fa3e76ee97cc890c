"""Users."""

import pytest
from django.db import IntegrityError, transaction

from labelapp.accounts.models import User


def test_two_names_that_differ_in_case_are_one(db: None) -> None:
    User.objects.create_user("anna")
    with (
        pytest.raises(IntegrityError, match="user_username_unique_in_any_case"),
        transaction.atomic(),
    ):
        User.objects.create_user("Anna")


def test_the_admin_lists_and_shows_users(db: None, client) -> None:
    root = User.objects.create_superuser("root", password="a long enough pass phrase")
    client.force_login(root)
    assert client.get("/admin/accounts/user/").status_code == 200
    assert client.get(f"/admin/accounts/user/{root.pk}/change/").status_code == 200
    assert client.get("/admin/accounts/user/add/").status_code == 200


def test_the_admin_makes_users(db: None, client) -> None:
    client.force_login(User.objects.create_superuser("root"))
    form = {"username": "ben", "usable_password": "true"}
    form |= {"password1": "a long enough pass phrase", "password2": "a long enough pass phrase"}
    assert client.post("/admin/accounts/user/add/", form).status_code == 302
    assert User.objects.get(username="ben").check_password("a long enough pass phrase")
