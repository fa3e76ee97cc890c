"""Projects by HTTP."""

from labelapp.accounts.models import User
from labelapp.ontology.models import OntologyVersion
from labelapp.projects.models import Membership, Project


def test_a_member_sees_their_projects_and_roles(cast) -> None:
    Membership.objects.create(project=cast.other_project, user=cast["reviewer"], role="labeller")
    found = cast.client("reviewer").get("/api/projects").json()
    assert found == [
        {"id": str(cast.project.pk), "slug": "a", "name": "Project A", "role": "reviewer"},
        {"id": str(cast.other_project.pk), "slug": "b", "name": "Project B", "role": "labeller"},
    ]


def test_a_stranger_sees_only_their_own(cast) -> None:
    found = cast.client("stranger").get("/api/projects").json()
    assert [(project["slug"], project["role"]) for project in found] == [("b", "admin")]


def test_a_superuser_is_admin_everywhere(cast, client) -> None:
    client.force_login(User.objects.create_superuser("root"))
    found = client.get("/api/projects").json()
    assert {(p["slug"], p["role"]) for p in found} == {("a", "admin"), ("b", "admin")}


def test_a_project_comes_with_its_newest_ontology(cast, ontology: OntologyVersion) -> None:
    found = cast.client("labeller").get("/api/projects/a").json()
    assert found["slug"] == "a"
    assert found["role"] == "labeller"
    assert found["ontology"]["id"] == str(ontology.pk)
    assert found["ontology"]["version"] == 1
    assert [layer["name"] for layer in found["ontology"]["layers"]] == ["objects", "road"]


def test_a_project_may_have_no_ontology_yet(cast) -> None:
    assert cast.client("labeller").get("/api/projects/a").json()["ontology"] is None


def test_a_project_of_others_reads_like_one_that_is_not_there(cast) -> None:
    theirs = cast.client("labeller").get("/api/projects/b").json()
    none = cast.client("labeller").get("/api/projects/c").json()
    assert theirs["code"] == none["code"] == "not_found"
    assert theirs["message"].replace("'b'", "'c'") == none["message"]


def test_listing_projects_costs_the_same_for_many(cast, django_assert_num_queries) -> None:
    client = cast.client("admin")
    # Session, user, projects, memberships.
    with django_assert_num_queries(4):
        client.get("/api/projects")
    for number in range(20):
        project = Project.objects.create(slug=f"p{number}", name=f"P {number}")
        Membership.objects.create(project=project, user=cast["admin"], role="admin")
    with django_assert_num_queries(4):
        assert len(client.get("/api/projects").json()) == 21
