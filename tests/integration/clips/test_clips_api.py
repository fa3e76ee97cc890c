"""Serving clips: the manifest, pictures, sweeps, and to whom."""

import io
import json
import struct
import uuid
from pathlib import Path

import numpy as np
import pytest
from django.test import override_settings
from PIL import Image

from labelapp.clips.manifest import CameraImages, Manifest, manifest_read, manifest_write
from labelapp.clips.models import Clip
from tests.integration.clip_folders import FORWARD, START_NS, TICK_NS, camera, write_clip_folder

pytestmark = pytest.mark.django_db


@pytest.fixture
def clip(folder: Path, do_import) -> Clip:
    return do_import(folder).clip


@pytest.fixture
def get(cast):
    def request(path: str, who: str = "labeller", method: str = "GET", **headers: str):
        return cast.client(who).generic(method, f"/api/{path}", headers=headers)

    return request


def content(response) -> bytes:
    """Return the body; reading a stream to its end closes its file."""
    return b"".join(response) if response.streaming else response.content


def test_the_manifest_is_as_the_contract_says(clip: Clip, get, folder: Path, ontology) -> None:
    response = get(f"clips/{clip.pk}")
    assert response.status_code == 200
    body = response.json()
    assert set(body) == {
        "id", "name", "project", "start_ns", "end_ns", "ticks_ns", "cameras", "lidars", "sweeps",
        "origin", "attributes", "ground_z_m", "ontology", "label_sets",
    }  # fmt: skip
    assert (body["id"], body["name"]) == (str(clip.pk), "street")
    assert body["project"]["slug"] == "a"
    assert body["project"]["role"] == "labeller"
    assert body["ticks_ns"] == [str(START_NS + tick * TICK_NS) for tick in range(3)]
    assert (body["start_ns"], body["end_ns"]) == (str(clip.start_ns), str(clip.end_ns))
    recorded = json.loads((folder / "clip.json").read_text())
    for found, spec in zip(body["cameras"], recorded["cameras"], strict=True):
        assert {key: found[key] for key in spec} == spec
        assert found["has_picture"] == [True] * 3
        assert len(found["calibration_hash"]) == 64
    rear = body["cameras"][1]
    assert rear["times_ns"] == [str(START_NS + tick * TICK_NS + 7_000_000) for tick in range(3)]
    assert body["lidars"] == recorded["lidars"]
    assert body["sweeps"] == [
        {
            "lidar": "roof",
            "time_ns": str(START_NS + tick * TICK_NS),
            "point_count": 4000,
            "tile_count": 0,
        }
        for tick in range(3)
    ]
    assert body["origin"] == recorded["origin"]
    assert body["attributes"] == recorded["attributes"]
    assert body["ontology"]["version"] == 1
    assert [(s["layer"], s["source"], s["label_count"]) for s in body["label_sets"]] == [
        ("objects", "gold", 1)
    ]


def test_a_picture_comes_as_it_was_recorded(clip: Clip, get, folder: Path) -> None:
    response = get(f"clips/{clip.pk}/images/rear/1")
    time_ns = START_NS + TICK_NS + 7_000_000
    assert response.status_code == 200
    assert response["Content-Type"] == "image/jpeg"
    assert response["Cache-Control"] == "private, max-age=31536000, immutable"
    assert content(response) == (folder / f"images/rear/{time_ns}.jpg").read_bytes()


def test_a_part_of_a_picture_is_those_bytes(clip: Clip, get, folder: Path) -> None:
    whole = (folder / f"images/front/{START_NS}.jpg").read_bytes()
    response = get(f"clips/{clip.pk}/images/front/0", Range="bytes=10-19")
    assert (response.status_code, content(response)) == (206, whole[10:20])
    assert response["Content-Range"] == f"bytes 10-19/{len(whole)}"
    beyond = get(f"clips/{clip.pk}/images/front/0", Range="bytes=9999999-")
    assert (beyond.status_code, content(beyond)) == (416, b"")


def test_what_the_browser_holds_is_not_sent_again(clip: Clip, get) -> None:
    for path in ("images/front/0", "images/front/0?size=thumbnail", "sweeps/0", "trajectory"):
        first = get(f"clips/{clip.pk}/{path}")
        assert first.status_code == 200
        content(first)
        again = get(f"clips/{clip.pk}/{path}", **{"If-None-Match": first["ETag"]})
        assert (again.status_code, again.content) == (304, b"")


def test_every_file_has_an_etag_of_its_own(clip: Clip, get) -> None:
    paths = [
        f"images/{name}/{index}{size}"
        for name in ("front", "rear")
        for index in range(3)
        for size in ("", "?size=thumbnail")
    ]
    paths += ["trajectory", *(f"sweeps/{index}" for index in range(3))]
    responses = [get(f"clips/{clip.pk}/{path}") for path in paths]
    for response in responses:
        content(response)
    assert len({response["ETag"] for response in responses}) == len(paths)


def test_a_thumbnail_is_at_most_480_pixels_wide(do_import, tmp_path: Path, get) -> None:
    folder = write_clip_folder(tmp_path / "wide")
    spec = json.loads((folder / "clip.json").read_text())
    spec["cameras"][0] |= {"width": 960, "height": 600}
    (folder / "clip.json").write_text(json.dumps(spec))
    for path in (folder / "images" / "front").iterdir():
        Image.new("RGB", (960, 600), (200, 30, 30)).save(path)
    clip = do_import(folder).clip
    response = get(f"clips/{clip.pk}/images/front/0?size=thumbnail")
    with Image.open(io.BytesIO(content(response))) as small:
        assert small.size == (480, 300)


def test_a_sweep_comes_as_binary(clip: Clip, get) -> None:
    response = get(f"clips/{clip.pk}/sweeps/2")
    assert response["Content-Type"] == "application/octet-stream"
    body = content(response)
    assert struct.unpack_from("<4sIII", body) == (b"LAS1", 4000, 1, 0)
    assert len(body) == 16 + 4000 * 16


def test_the_trajectory_comes_as_binary(clip: Clip, get) -> None:
    body = content(get(f"clips/{clip.pk}/trajectory"))
    magic, count = struct.unpack_from("<4sI", body)
    assert (magic, count, len(body)) == (b"LAT1", 5, 8 + 5 * 64)
    assert np.frombuffer(body, "<i8", 5, 8)[0] == clip.start_ns


@pytest.mark.parametrize(
    "path",
    [
        "images/front/3",
        "images/nose/0",
        "images/..%2F..%2Fmanifest.json.gz/0",
        "images/front/99999999999999999999",
        "sweeps/3",
    ],
)
def test_what_is_not_there_is_404(clip: Clip, get, path: str) -> None:
    response = get(f"clips/{clip.pk}/{path}")
    assert response.status_code == 404
    assert response.json()["code"] == "not_found"


def test_a_picture_that_was_not_kept_is_404_with_a_sentence(do_import, folder: Path, get) -> None:
    rows = (folder / "images.csv").read_text().splitlines()
    rows[1] = rows[1].rsplit(",", 1)[0] + ","
    (folder / "images.csv").write_text("\n".join(rows))
    clip = do_import(folder).clip
    response = get(f"clips/{clip.pk}/images/front/0")
    assert response.status_code == 404
    assert "was not kept" in response.json()["message"]
    assert get(f"clips/{clip.pk}").json()["cameras"][0]["has_picture"] == [False, True, True]


def test_another_size_than_a_thumbnail_is_400(clip: Clip, get) -> None:
    response = get(f"clips/{clip.pk}/images/front/0?size=huge")
    assert (response.status_code, response.json()["code"]) == (400, "invalid")


def test_a_file_that_the_storage_lost_is_a_sentence(clip: Clip, get, stored: Path) -> None:
    (stored / clip.storage_prefix / "images/0/0.jpg").unlink()
    response = get(f"clips/{clip.pk}/images/front/0")
    assert response.status_code == 500
    assert response.json()["code"] == "stored_file_missing"


@pytest.mark.parametrize(
    "path", ["", "/trajectory", "/images/front/0", "/images/front/0?size=thumbnail", "/sweeps/0"]
)
def test_nobody_gets_in_where_they_do_not_belong(clip: Clip, get, path: str) -> None:
    address = f"clips/{clip.pk}{path}"
    for who, status in (("admin", 200), ("engineer", 200), ("reviewer", 200), ("labeller", 200),
                        ("stranger", 404), ("anonymous", 401)):  # fmt: skip
        response = get(address, who)
        assert response.status_code == status, who
        content(response)
    # ... also with a validator that a member's browser once got
    response = get(address)
    content(response)
    etag = response.headers.get("ETag", '"x"')
    assert get(address, "stranger", **{"If-None-Match": etag}).status_code == 404
    assert get(f"clips/{uuid.uuid4()}{path}").status_code == 404


def test_the_list_is_newest_first_and_of_this_project_alone(
    clip: Clip, do_import, tmp_path: Path, cast, get
) -> None:
    later = do_import(write_clip_folder(tmp_path / "later", name="later", seed=3)).clip
    other = write_clip_folder(tmp_path / "other", seed=4)
    do_import(other, actor=cast["stranger"], project=cast.other_project)
    body = get("projects/a/clips").json()
    assert (body["next"], body["previous"]) == (None, None)
    assert [row["id"] for row in body["results"]] == [str(later.pk), str(clip.pk)]
    row = body["results"][1]
    assert row == {
        "id": str(clip.pk),
        "name": "street",
        "duration_s": 0.4,
        "camera_count": 2,
        "image_count": 6,
        "sweep_count": 3,
        "created_at": row["created_at"],
        "poster_url": f"/api/clips/{clip.pk}/images/front/1?size=thumbnail",
    }
    poster = get(row["poster_url"].removeprefix("/api/"))
    assert (poster.status_code, poster["Content-Type"]) == (200, "image/jpeg")
    content(poster)
    assert get("projects/a/clips", "stranger").status_code == 404


def test_long_lists_come_in_pages(make_clip, get) -> None:
    made = [str(make_clip(name=f"clip {number}").pk) for number in range(7)]
    found: list[str] = []
    path = "projects/a/clips?page_size=3"
    while path:
        body = get(path).json()
        assert len(body["results"]) <= 3
        found += [row["id"] for row in body["results"]]
        path = (body["next"] or "").removeprefix("/api/")
    assert found == made[::-1]


def test_a_list_costs_the_same_queries_however_long_it_is(
    make_clip, get, django_assert_max_num_queries
) -> None:
    for number in range(20):
        make_clip(name=f"clip {number}")
    get("session")
    with django_assert_max_num_queries(4):  # session, user, project, clips
        assert len(get("projects/a/clips").json()["results"]) == 20


def test_a_picture_costs_three_queries(clip: Clip, get, django_assert_max_num_queries) -> None:
    content(get(f"clips/{clip.pk}/images/front/0"))
    with django_assert_max_num_queries(3):  # session, user, clip
        content(get(f"clips/{clip.pk}/images/front/1"))


def big_manifest(image_count: int) -> Manifest:
    per_camera = image_count // 8
    cameras = [
        CameraImages(
            spec=camera(f"camera_{number}", FORWARD),
            calibration_hash="0" * 64,
            times_ns=START_NS + np.arange(per_camera, dtype=np.int64) * 27_777_777 + number,
            extensions=["jpg"] * per_camera,
            sizes=[200_000 + index for index in range(per_camera)],
        )
        for number in range(8)
    ]
    ticks = (START_NS + np.arange(600, dtype=np.int64) * TICK_NS).tolist()
    return Manifest(
        name="big", start_ns=START_NS, end_ns=START_NS + 60 * 10**9, ticks_ns=ticks,
        cameras=cameras, lidars=[], sweeps=[], origin=None, attributes={}, ground_z_m=0.0,
    )  # fmt: skip


def test_the_manifest_of_a_long_clip_is_read_once(make_clip, get) -> None:
    clip = make_clip()
    manifest_write(clip.storage_prefix, big_manifest(17_000))
    before = manifest_read.cache_info()
    for _ in range(3):
        assert get(f"clips/{clip.pk}", "engineer").status_code == 200
    assert len(get(f"clips/{clip.pk}").json()["cameras"][7]["times_ns"]) == 2125
    assert manifest_read.cache_info().misses == before.misses + 1


def test_a_storage_without_a_file_system_serves_the_same(folder, do_import, get, settings) -> None:
    memory = {"BACKEND": "django.core.files.storage.InMemoryStorage"}
    with override_settings(STORAGES=settings.STORAGES | {"clips": memory}):
        clip = do_import(folder).clip
        response = get(f"clips/{clip.pk}/images/front/0", Range="bytes=-10")
        whole = (folder / f"images/front/{START_NS}.jpg").read_bytes()
        assert content(response) == whole[-10:]
        assert manifest_read(clip.storage_prefix).cameras[0].name == "front"
