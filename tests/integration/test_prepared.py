"""Querysets whose SQL is made once, and the database backend that has them planned once."""

import time
import uuid
from typing import Any

import pytest
from django.db import connection, connections

from labelapp.accounts.models import User
from labelapp.common.prepared import Prepared
from labelapp.projects.models import Membership, Project, Role

pytestmark = pytest.mark.django_db


def _members() -> Prepared[Membership]:
    return Prepared(
        lambda user_id, project_id: Membership.objects.select_related("user", "project").filter(
            user_id=user_id, project_id=project_id
        ),
        user_id=uuid.UUID,
        project_id=uuid.UUID,
    )


def test_rows_are_those_of_the_queryset_for_each_value(cast: Any) -> None:
    members = _members()
    for name in ("admin", "labeller", "stranger"):
        found = members.all(user_id=cast[name].pk, project_id=cast.project.pk)
        expected = Membership.objects.filter(user=cast[name], project=cast.project)
        assert found == list(expected)
    labeller = members.first(user_id=cast["labeller"].pk, project_id=cast.project.pk)
    assert labeller is not None
    assert (labeller.role, labeller.user.username, labeller.project.slug) == (
        Role.LABELLER,
        "labeller",
        "a",
    )


def test_rows_are_read_anew_each_time(cast: Any) -> None:
    members = _members()
    values = {"user_id": cast["labeller"].pk, "project_id": cast.project.pk}
    assert members.first(**values) is not None
    Membership.objects.filter(user=cast["labeller"]).delete()
    assert members.first(**values) is None


def test_related_rows_come_without_a_query(cast: Any, django_assert_num_queries: Any) -> None:
    members = _members()
    members.all(user_id=cast["admin"].pk, project_id=cast.project.pk)
    with django_assert_num_queries(1):
        (found,) = members.all(user_id=cast["reviewer"].pk, project_id=cast.project.pk)
        assert found.user.username == "reviewer"


def test_values_texts_numbers_and_lists_have_places(cast: Any) -> None:
    named: Prepared[str] = Prepared(
        lambda names, slug: (
            User.objects.filter(username__any_of=names, memberships__project__slug=slug)
            .order_by("username")
            .values_list("username", flat=True)
        ),
        names=list,
        slug=str,
    )
    assert named.all(names=["reviewer", "admin", "stranger"], slug="a") == ["admin", "reviewer"]
    assert named.all(names=["stranger"], slug="b") == ["stranger"]
    assert named.all(names=[], slug="b") == []


def test_the_server_plans_a_statement_once(cast: Any) -> None:
    members = _members()
    for _ in range(6):
        members.all(user_id=cast["admin"].pk, project_id=cast.project.pk)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), sum(generic_plans + custom_plans) FROM pg_prepared_statements"
            " WHERE statement LIKE '%%projects_membership%%user_id%%project_id%%'"
        )
        assert cursor.fetchone()[0] == 1


def test_a_queryset_that_leaves_a_value_out_is_refused() -> None:
    careless: Prepared[Project] = Prepared(
        lambda slug: Project.objects.exclude(slug=slug[:3]), slug=str
    )
    with pytest.raises(ValueError, match="does not filter by slug"):
        careless.all(slug="a")


def test_a_statement_may_have_more_values_than_the_protocol_counts(cast: Any) -> None:
    names = [f"nobody 100 % {number}" for number in range(70_000)] + ["reviewer"]
    assert User.objects.filter(username__in=names).get() == cast["reviewer"]
    assert User.objects.filter(username__in=names[:10]).count() == 0


def test_a_connection_that_the_server_ended_is_noticed_without_asking_it() -> None:
    other: Any = connections.create_connection("default")
    other.connect()
    try:
        assert other.is_usable()
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", [other.connection.info.backend_pid])
        deadline = time.monotonic() + 20
        while other.is_usable() and time.monotonic() < deadline:
            time.sleep(0.02)
        assert not other.is_usable()
    finally:
        other.close()
