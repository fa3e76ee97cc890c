"""Exports through the API: who may start, watch, cancel and download them."""

import uuid

import pytest

from labelapp.common import jobs
from labelapp.datasets.models import Export
from tests.integration.clip_folders import write_clip_folder

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("clip", "ontology")]

BODY = {"layer": "objects", "source": "gold", "formats": ["coco"]}


@pytest.fixture
def send(cast):
    def request(method: str, path: str, who: str = "engineer", body=None, **headers: str):
        client = cast.client(who)
        if body is None and headers:
            return client.generic(method, f"/api/{path}", headers=headers)
        return client.send(method, f"/api/{path}", body)

    return request


def test_an_export_is_started_watched_and_downloaded(send, cast) -> None:
    started = send("POST", "projects/a/exports", body=BODY)
    assert started.status_code == 201
    body = started.json()
    assert (body["state"], body["files"], body["created_by"]) == ("queued", [], "engineer")
    assert body["progress"] == {"done": 0, "total": None, "rate_per_s": None, "eta_s": None}
    jobs.run(Export.objects.get().job_id)

    done = send("GET", f"exports/{body['id']}").json()
    assert done["state"] == "done"
    assert (done["progress"]["done"], done["progress"]["total"]) == (6, 6)
    assert [file["name"] for file in done["files"]] == ["coco.json", "manifest.json"]
    file = done["files"][0]
    whole = send("GET", file["url"].removeprefix("/api/"))
    content = b"".join(whole)
    assert (whole.status_code, len(content)) == (200, file["size"])
    assert whole["Content-Disposition"] == 'attachment; filename="coco.json"'
    part = send("GET", file["url"].removeprefix("/api/"), Range="bytes=-5")
    assert (part.status_code, b"".join(part)) == (206, content[-5:])
    listed = send("GET", "projects/a/exports").json()
    assert [export["id"] for export in listed] == [body["id"]]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"formats": []}, "formats"),
        ({"formats": ["gif"]}, "gif"),
        ({"source": "dream"}, "dream"),
        ({"clip_ids": []}, "clip_ids"),
        ({"clip_ids": [str(uuid.UUID(int=7))]}, "has no clip 00000000-0000-0000"),
        ({"layer": "road"}, "No clip of project 'a' has labels of layer 'road' from 'gold'"),
    ],
)
def test_what_cannot_be_exported_is_refused_with_a_sentence(send, change, sentence) -> None:
    response = send("POST", "projects/a/exports", body=BODY | change)
    assert response.status_code == 400
    assert sentence in str(response.json())
    assert not Export.objects.exists()
    assert not jobs.Job.objects.filter(kind="datasets.export").exists()


def test_a_clip_that_has_no_such_labels_is_named(send, cast, do_import_into_a, tmp_path) -> None:
    bare = do_import_into_a(write_clip_folder(tmp_path / "bare", name="bare", seed=8, labels=False))
    response = send("POST", "projects/a/exports", body=BODY | {"clip_ids": [str(bare.pk)]})
    assert response.status_code == 400
    assert "clip 'bare' has no labels" in response.json()["message"]
    # ... and of all clips it is simply not one that has labels
    assert send("POST", "projects/a/exports", body=BODY).status_code == 201
    assert Export.objects.get().items.count() == 1


@pytest.fixture
def do_import_into_a(cast):
    from labelapp.clips.services import clip_import

    return lambda folder: (
        clip_import(actor=None, project=cast.project, folder=folder, progress=lambda *_: None).clip
    )


def test_another_projects_clip_is_not_there(send, cast, tmp_path) -> None:
    from labelapp.clips.services import clip_import

    foreign = clip_import(
        actor=None,
        project=cast.other_project,
        folder=write_clip_folder(tmp_path / "foreign", seed=6),
        progress=lambda *_: None,
    ).clip
    response = send("POST", "projects/a/exports", body=BODY | {"clip_ids": [str(foreign.pk)]})
    assert response.status_code == 400
    assert "has no clip" in response.json()["message"]


def test_nobody_gets_at_exports_who_may_not(send, do_export) -> None:
    export = do_export()
    expected = {
        "admin": 200, "engineer": 200, "reviewer": 200,
        "labeller": 403, "stranger": 404, "anonymous": 401,
    }  # fmt: skip
    for path in (
        "projects/a/exports",
        f"exports/{export.pk}",
        f"exports/{export.pk}/files/coco.json",
    ):
        for who, status in expected.items():
            response = send("GET", path, who)
            b"".join(response)
            assert response.status_code == status, (path, who)
    for who, status in expected.items():
        response = send("POST", "projects/a/exports", who, BODY)
        assert response.status_code == (201 if status == 200 else status), who
        response = send("POST", f"exports/{export.pk}/cancel", who)
        assert response.status_code == (409 if status == 200 else status), who


@pytest.mark.parametrize("name", ["nothing.json", "..", "%2e%2e%2fmanifest.json", "COCO.JSON"])
def test_only_the_exports_own_files_are_there(send, do_export, name) -> None:
    assert send("GET", f"exports/{do_export().pk}/files/{name}").status_code == 404


def test_files_of_an_export_that_is_not_done_are_409(send) -> None:
    export_id = send("POST", "projects/a/exports", body=BODY).json()["id"]
    response = send("GET", f"exports/{export_id}/files/coco.json")
    assert (response.status_code, response.json()["code"]) == (409, "export_not_done")


def test_an_export_that_was_cancelled_stays_so(send) -> None:
    export_id = send("POST", "projects/a/exports", body=BODY).json()["id"]
    response = send("POST", f"exports/{export_id}/cancel")
    assert (response.status_code, response.json()["state"]) == (200, "cancelled")
    assert not jobs.run(Export.objects.get().job_id)
    again = send("POST", f"exports/{export_id}/cancel")
    assert (again.status_code, again.json()["code"]) == (409, "export_over")


def test_a_list_costs_the_same_queries_however_long_it_is(
    send, cast, django_assert_max_num_queries
) -> None:
    for _ in range(5):
        send("POST", "projects/a/exports", body=BODY)
    with django_assert_max_num_queries(5):  # session, user, project, role, exports
        assert len(send("GET", "projects/a/exports").json()) == 5
