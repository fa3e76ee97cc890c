"""Whatever is done is written down, with who did it, and stays so."""

import csv
import io
import json
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from labelapp.accounts.models import User
from labelapp.accounts.services import api_token_create
from labelapp.audit.acting import acting_as
from labelapp.audit.models import AuditEntry
from labelapp.clips.models import Clip
from labelapp.common.append_only import purging
from labelapp.labels.models import LabelSet
from labelapp.projects.models import Membership, Role
from labelapp.work.models import Workflow


def newest(**wanted: Any) -> AuditEntry:
    found = AuditEntry.objects.filter(**wanted).first()
    assert found is not None, f"nothing written down of {wanted}"
    return found


def rows(client: Any, query: str = "") -> list[dict[str, Any]]:
    response = client.get(f"/api/projects/a/audit{query}")
    assert response.status_code == 200, response.content
    found: list[dict[str, Any]] = response.json()["results"]
    return found


def test_a_change_by_http_names_who_sent_it_and_its_request(cast: Any, ontology: Any) -> None:
    response = cast.client("admin").send("PUT", "/api/projects/a/workflow", {"review_share": 0.5})
    assert response.status_code == 200
    made = newest(kind="workflow")
    assert (made.action, made.actor, made.project_id) == ("create", cast["admin"], cast.project.pk)
    assert made.request_id == response["X-Request-ID"]
    cast.client("admin").send("PUT", "/api/projects/a/workflow", {"review_share": 0.25})
    changed = newest(kind="workflow", action="change")
    assert (changed.before, changed.after) == ({"review_share": 0.5}, {"review_share": 0.25})


def test_a_program_acts_in_the_name_of_its_owner(cast: Any) -> None:
    _, text = api_token_create(actor=cast["admin"], name="ci", scopes=["manage"], days=1)
    headers = {"Authorization": f"Bearer {text}"}
    anonymous = cast.client("anonymous")
    response = anonymous.put(
        "/api/projects/a/workflow", b"{}", content_type="application/json", headers=headers
    )
    assert response.status_code == 200
    assert newest(kind="workflow").actor == cast["admin"]


def test_a_change_without_a_request_has_no_name_even_after_one(cast: Any) -> None:
    cast.client("admin").send("PUT", "/api/projects/a/workflow", {})
    Membership.objects.filter(user=cast["labeller"]).update(role=Role.REVIEWER)
    entry = newest(kind="membership", action="change")
    assert (entry.actor_id, entry.target_name) == (None, "labeller")
    assert (entry.before, entry.after) == ({"role": "labeller"}, {"role": "reviewer"})
    with acting_as(cast["engineer"].pk):
        Membership.objects.filter(user=cast["labeller"]).delete()
    gone = newest(kind="membership", action="delete")
    assert (gone.actor, gone.after) == (cast["engineer"], None)


def test_a_change_by_hand_in_the_database_is_written_down_too(cast: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE public.projects_membership SET role = 'admin' WHERE role = 'labeller'"
        )
    assert newest(kind="membership", action="change").after == {"role": "admin"}


def test_secrets_are_not_told(cast: Any) -> None:
    user = User.objects.create_user("carl", password="a long enough phrase")
    user.set_password("another long phrase")
    user.save()
    changed = newest(kind="user", action="change", target_id=str(user.pk))
    assert (changed.before, changed.after) == ({"password": "(secret)"}, {"password": "(secret)"})
    token, _ = api_token_create(actor=user, name="ci", scopes=["read"], days=1)
    entry = newest(kind="api_token")
    assert entry.after is not None
    assert entry.after["digest"] == "(secret)"
    assert token.digest not in json.dumps(entry.after)


def test_label_sets_ontologies_and_clips_are_written_down(
    cast: Any, ontology: Any, clip: Clip
) -> None:
    assert newest(kind="ontology").target_id == str(ontology.pk)
    assert newest(kind="clip").target_name == "clip"
    path = f"/api/clips/{clip.pk}/label-sets"
    cast.client("engineer").send("POST", path, {"layer": "objects", "source": "model"})
    entry = newest(kind="label_set")
    assert (entry.actor, entry.project_id) == (cast["engineer"], cast.project.pk)
    LabelSet.objects.update(revision=5)
    assert AuditEntry.objects.filter(kind="label_set").count() == 1, "saves have their own history"


def test_what_happens_to_tasks_is_written_down(cast: Any, ontology: Any, clip: Clip) -> None:
    Workflow.objects.create(project=cast.project)
    cast.client("admin").send("POST", "/api/projects/a/tasks", {"layer": "objects"})
    lease = cast.client("labeller").send("POST", "/api/work/claim", {}).json()["task"]["lease"]
    cast.client("labeller").send(
        "POST",
        f"/api/leases/{lease['id']}/finish",
        {"token": lease["token"], "action": "skip", "note": "too dark"},
    )
    found = AuditEntry.objects.filter(kind="task").order_by("id")
    assert [(e.action, e.actor.username) for e in found if e.actor] == [
        ("create", "admin"), ("claim", "labeller"), ("skip", "labeller"),
    ]  # fmt: skip
    last = found.last()
    assert last is not None
    assert last.target_name == "clip, objects"
    assert last.after == {"stage": "label", "state": "ready", "note": "too dark"}


@pytest.mark.parametrize(
    "change", ["UPDATE audit_auditentry SET action = 'x'", "DELETE FROM audit_auditentry"]
)
def test_the_database_refuses_to_change_the_log(cast: Any, change: str) -> None:
    with pytest.raises(IntegrityError, match="append-only"), purging(), connection.cursor() as c:
        c.execute(change)


def test_the_log_outlives_its_project(cast: Any) -> None:
    with purging():
        cast.project.delete()
    assert newest(kind="project", action="delete").target_name == "Project A"
    assert AuditEntry.objects.filter(kind="membership", action="create").count() == 5


def test_what_is_undone_is_not_in_the_log(cast: Any) -> None:
    before = AuditEntry.objects.count()
    with transaction.atomic():
        Workflow.objects.create(project=cast.project)
        transaction.set_rollback(True)
    assert AuditEntry.objects.count() == before


def test_the_list_filters_and_pages(cast: Any) -> None:
    client = cast.client("admin")
    for share in (0.1, 0.2, 0.3):
        client.send("PUT", "/api/projects/a/workflow", {"review_share": share})
    assert len(rows(client, "?kind=workflow")) == 3
    assert len(rows(client, "?kind=workflow&kind=membership")) == 7
    assert len(rows(client, "?action=change")) == 2
    assert {r["actor"]["username"] for r in rows(client, f"?actor={cast['admin'].pk}")} == {"admin"}
    target = str(Workflow.objects.get().pk)
    assert [r["after"].get("review_share") for r in rows(client, f"?target={target}")] == [
        0.3, 0.2, 0.1,
    ]  # fmt: skip
    assert rows(client, "?since=2100-01-01T00:00:00Z") == []
    first = client.get("/api/projects/a/audit?page_size=2&kind=workflow").json()
    second = client.get(first["next"]).json()
    assert [len(first["results"]), len(second["results"])] == [2, 1]


@pytest.mark.parametrize("query", ["actor=me", "since=yesterday", "until=2026-01-01T00:00:00"])
def test_a_wrong_filter_is_refused_with_a_sentence(cast: Any, query: str) -> None:
    response = cast.client("admin").get(f"/api/projects/a/audit?{query}")
    assert response.status_code == 400
    assert response.json()["message"].startswith(query.split("=", maxsplit=1)[0])


def test_a_project_shows_its_own_log_only(cast: Any) -> None:
    assert {row["kind"] for row in rows(cast.client("admin"))} == {"project", "membership"}
    assert cast.client("stranger").get("/api/projects/a/audit").status_code == 404


def test_superusers_see_all(cast: Any) -> None:
    cast["admin"].is_superuser = True
    cast["admin"].save()
    found = cast.client("admin").get("/api/audit?kind=user").json()["results"]
    assert found[0]["after"] == {"is_superuser": True}


def test_the_number_of_queries_does_not_grow_with_the_rows(
    cast: Any, django_assert_num_queries: Any
) -> None:
    client = cast.client("admin")
    client.get("/api/projects/a/audit")
    for share in range(20):
        client.send("PUT", "/api/projects/a/workflow", {"review_share": share / 20})
    with django_assert_num_queries(5):
        assert len(rows(client)) > 20


def test_the_log_leaves_as_csv_and_as_lines_of_json(cast: Any) -> None:
    cast.project.name = "=HYPERLINK(1)"
    cast.project.save()
    client = cast.client("admin")
    text = b"".join(client.get("/api/projects/a/audit/file")).decode()
    table = list(csv.DictReader(io.StringIO(text)))
    assert table[0]["kind"] == "project"
    assert table[0]["target_name"] == "'=HYPERLINK(1)", "no formula for a spreadsheet"
    lines = b"".join(client.get("/api/projects/a/audit/file?as=jsonl")).splitlines()
    assert json.loads(lines[0])["after"] == {"name": "=HYPERLINK(1)"}
    assert len(lines) == len(table)
