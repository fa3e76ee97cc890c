"""What the database itself refuses about projects and members."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import IntegrityError, transaction

from labelapp.accounts.models import User
from labelapp.projects.models import Membership, Project


@contextmanager
def refused_by(constraint: str) -> Iterator[None]:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        yield


@pytest.mark.parametrize("slug", ["Big", "two words", "-start", "end-", "", "a--b"])
def test_a_slug_is_lower_case_words(db: None, slug: str) -> None:
    with refused_by("project_slug_is_lower_case_words"):
        Project.objects.create(slug=slug, name="x")


def test_a_project_has_a_name(db: None) -> None:
    with refused_by("project_name_is_not_empty"):
        Project.objects.create(slug="x", name="")


def test_a_slug_belongs_to_one_project(cast) -> None:
    with refused_by("projects_project_slug"):
        Project.objects.create(slug="a", name="Again")


def test_somebody_has_one_role_in_a_project(cast) -> None:
    with refused_by("membership_one_role_per_user_and_project"):
        Membership.objects.create(project=cast.project, user=cast["admin"], role="labeller")


def test_a_role_is_one_of_four(cast) -> None:
    with refused_by("membership_role_is_known"):
        Membership.objects.create(project=cast.project, user=cast["stranger"], role="king")


def test_the_admin_deletes_a_project_with_its_ontologies(cast, ontology, client) -> None:
    client.force_login(User.objects.create_superuser("root"))
    page = f"/admin/projects/project/{cast.project.pk}/delete/"
    assert client.post(page, {"post": "yes"}).status_code == 302
    assert not Project.objects.filter(slug="a").exists()


def test_the_admin_shows_projects_and_memberships(cast, client) -> None:
    client.force_login(User.objects.create_superuser("root"))
    assert client.get("/admin/projects/project/").status_code == 200
    assert client.get(f"/admin/projects/project/{cast.project.pk}/change/").status_code == 200
    assert client.get("/admin/projects/membership/?q=labeller").status_code == 200
