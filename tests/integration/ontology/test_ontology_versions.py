"""Ontology versions count up, are checked, and never change."""

import copy
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from labelapp.accounts.models import User
from labelapp.common.append_only import purging
from labelapp.common.errors import InvalidError
from labelapp.ontology.models import OntologyVersion
from labelapp.ontology.selectors import ontology_current
from labelapp.ontology.services import ontology_create


@pytest.fixture
def other_body(default_ontology: dict[str, Any]) -> dict[str, Any]:
    body = copy.deepcopy(default_ontology)
    body["layers"][0]["title"] = "Things"
    return body


def test_a_changed_ontology_is_a_new_version(cast, ontology, other_body) -> None:
    second = ontology_create(actor=cast["admin"], project=cast.project, body=other_body)
    assert second.version == 2
    assert ontology_current(cast.project) == second
    assert OntologyVersion.objects.get(version=1).body["layers"][0]["title"] == "Objects"


def test_the_same_ontology_again_is_no_new_version(cast, ontology, default_ontology) -> None:
    assert ontology_create(actor=None, project=cast.project, body=default_ontology) == ontology


def test_versions_count_in_each_project(cast, ontology, default_ontology) -> None:
    there = ontology_create(actor=None, project=cast.other_project, body=default_ontology)
    assert there.version == 1


def test_a_defect_is_refused_with_a_sentence(cast, other_body) -> None:
    other_body["layers"][0]["classes"][2]["color"] = "red"
    with pytest.raises(InvalidError) as caught:
        ontology_create(actor=None, project=cast.project, body=other_body)
    assert caught.value.details == {"field": "layers[0].classes[2].color"}
    assert 'color: expected a colour such as "#0072B2", found "red".' in caught.value.message
    assert not OntologyVersion.objects.exists()


def test_a_version_cannot_be_changed(ontology, other_body) -> None:
    with (
        pytest.raises(IntegrityError, match="ontology_ontologyversion is append-only: UPDATE"),
        transaction.atomic(),
    ):
        OntologyVersion.objects.filter(pk=ontology.pk).update(body=other_body)


def test_a_version_cannot_be_removed(ontology) -> None:
    with (
        pytest.raises(IntegrityError, match="ontology_ontologyversion is append-only: DELETE"),
        transaction.atomic(),
    ):
        ontology.delete()


def test_only_purging_removes_a_version_and_only_within_itself(cast, ontology) -> None:
    with purging():
        ontology.delete()
    assert not OntologyVersion.objects.exists()
    test_a_version_cannot_be_removed(
        OntologyVersion.objects.create(project=cast.project, version=1, body={})
    )


def test_purging_does_not_allow_changes(ontology) -> None:
    with pytest.raises(IntegrityError, match="UPDATE is refused"), purging():
        OntologyVersion.objects.filter(pk=ontology.pk).update(version=7)


def test_a_number_is_given_once_in_a_project(cast, ontology) -> None:
    with (
        pytest.raises(IntegrityError, match="ontology_version_unique_in_project"),
        transaction.atomic(),
    ):
        OntologyVersion.objects.create(project=cast.project, version=1, body={})


def test_versions_count_from_one(cast) -> None:
    with (
        pytest.raises(IntegrityError, match="ontology_version_counts_from_1"),
        transaction.atomic(),
    ):
        OntologyVersion.objects.create(project=cast.project, version=0, body={})


def test_the_admin_shows_versions_but_has_no_way_to_change_them(ontology, client) -> None:
    client.force_login(User.objects.create_superuser("root"))
    page = f"/admin/ontology/ontologyversion/{ontology.pk}/"
    assert client.get("/admin/ontology/ontologyversion/").status_code == 200
    assert client.get(f"{page}change/").status_code == 200
    assert client.post(f"{page}change/", {"version": 7}).status_code == 403
    assert client.post(f"{page}delete/", {"post": "yes"}).status_code == 403


@pytest.mark.django_db(transaction=True)
def test_two_at_once_get_two_numbers(cast, default_ontology: dict[str, Any]) -> None:

    def create(number: int) -> int:
        body = copy.deepcopy(default_ontology)
        body["layers"][0]["title"] = f"Title {number}"
        try:
            return ontology_create(actor=None, project=cast.project, body=body).version
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        versions = list(pool.map(create, range(8)))
    assert sorted(versions) == list(range(1, 9))
