"""Static clouds: made after the import, served by version, made anew, and never half there."""

import shutil
import uuid
from pathlib import Path

import numpy as np
import pytest
from django.conf import settings as django_settings

from labelapp.clips import jobs as clip_jobs  # noqa: F401  registers its kind
from labelapp.clips.errors import NoSweepsError
from labelapp.clips.models import Clip, StaticCloud
from labelapp.clips.services import static_cloud_request
from labelapp.common import jobs
from projection.clouds.glb import decode_tile
from tests.integration.clip_folders import (
    START_NS,
    TICK_NS,
    cuboid,
    edit_rows,
    write_clip_folder,
    write_labels,
)
from tests.integration.files import files_below
from tests.integration.worker import Worker, running_worker, wait_until

pytestmark = pytest.mark.django_db(transaction=True)


def run(clip: Clip) -> StaticCloud:
    """Do the clip's job in this process."""
    cloud = StaticCloud.objects.get(clip=clip)
    assert jobs.run(cloud.job_id)
    cloud.refresh_from_db()
    assert cloud.job.state == jobs.JobState.DONE, cloud.job.message
    return cloud


def tiles(stored: Path, clip: Clip, cloud: StaticCloud) -> Path:
    return stored / clip.storage_prefix / "clouds" / cloud.version


def positions(stored: Path, clip: Clip, cloud: StaticCloud) -> np.ndarray:
    found = [decode_tile(path.read_bytes())[0] for path in tiles(stored, clip, cloud).glob("*.glb")]
    return np.concatenate(found)


def moving_car(y_m: float = 5.0) -> dict:
    keyframes = [
        {
            "time_ns": str(START_NS + tick * TICK_NS),
            "position_m": [8.0 + 2 * tick, y_m, 0.0],
            "quat_xyzw": [0.0, 0.0, 0.0, 1.0],
        }
        for tick in range(3)
    ]
    return cuboid("mover", static=False, keyframes=keyframes)


def test_an_imported_clip_gets_its_static_cloud(folder, do_import, stored) -> None:
    clip = do_import(folder).clip
    cloud = StaticCloud.objects.get(clip=clip)
    assert (cloud.version, cloud.url, cloud.job.state) == ("", None, jobs.JobState.QUEUED)
    cloud = run(clip)
    found = positions(stored, clip, cloud)
    assert len(found) == cloud.point_count > 10_000
    assert found[:, 2].mean() == pytest.approx(-0.4, abs=0.02)
    files = list(tiles(stored, clip, cloud).iterdir())
    assert cloud.stored_bytes == sum(path.stat().st_size for path in files)
    assert cloud.tile_count == len(files) - 1
    assert not list((django_settings.DATA_DIR / "work").glob(f"cloud-{cloud.job_id}-*"))


def test_points_in_a_moving_box_are_left_out(tmp_path, do_import, stored) -> None:
    folder = write_clip_folder(tmp_path / "driving", labels=False)
    write_labels(folder, [moving_car()])
    clip = do_import(folder).clip
    cloud = run(clip)
    found = positions(stored, clip, cloud)
    first, last = np.array([8.0, 5.0, 0.0]), np.array([12.0, 5.0, 0.0])
    assert cloud.moved_count > 50
    # The place where it was at the first tick is seen bare at the last, and the other way round.
    for centre, bare in ((first, True), (last, True), (np.array([10.0, -5.0, 0.0]), True)):
        inside = (np.abs(found - centre) < [1.0, 0.8, 1.0]).all(axis=1)
        assert inside.any() == bare


def test_a_clip_without_sweeps_has_no_cloud(folder, do_import, cast) -> None:
    edit_rows(folder / "sweeps.csv", lambda rows: rows.clear())
    clip = do_import(folder).clip
    assert not StaticCloud.objects.exists()
    with pytest.raises(NoSweepsError):
        static_cloud_request(actor=None, clip=clip)
    answer = cast.client("labeller").get(f"/api/clips/{clip.pk}/cloud").json()
    assert (answer["state"], answer["url"]) == ("no_sweeps", None)
    assert cast.client("admin").send("POST", f"/api/clips/{clip.pk}/cloud").status_code == 409


def test_the_api_says_how_far_it_is_then_where_it_is(folder, do_import, cast) -> None:
    clip = do_import(folder).clip
    client = cast.client("labeller")
    path = f"/api/clips/{clip.pk}/cloud"
    assert client.get(path).json()["state"] == "queued"
    cloud = run(clip)
    answer = client.get(path).json()
    assert (answer["state"], answer["version"]) == ("done", cloud.version)
    assert answer["point_count"] == cloud.point_count
    tileset = client.get(answer["url"])
    assert tileset["Cache-Control"] == "private, max-age=31536000, immutable"
    assert tileset["Content-Type"] == "application/json"
    root = b"".join(tileset)
    assert b'"refine":"ADD"' in root
    tile = client.get(answer["url"].replace("tileset.json", "0.glb"))
    assert tile["Content-Type"] == "model/gltf-binary"
    assert b"".join(tile)[:4] == b"glTF"


@pytest.mark.parametrize(
    "name", ["1.txt", "..%2f..%2fmanifest.json.gz", "999.glb", "tileset.json.glb", "-1.glb"]
)
def test_no_other_files_are_served(folder, do_import, cast, name: str) -> None:
    clip = do_import(folder).clip
    cloud = run(clip)
    path = f"/api/clips/{clip.pk}/cloud/{cloud.version}/{name}"
    assert cast.client("admin").get(path).status_code == 404


def test_made_again_of_the_same_it_is_the_same_version(folder, do_import, cast, stored) -> None:
    clip = do_import(folder).clip
    first = run(clip)
    before = files_below(tiles(stored, clip, first))
    answer = cast.client("engineer").send("POST", f"/api/clips/{clip.pk}/cloud")
    assert (answer.status_code, answer.json()["state"]) == (202, "queued")
    assert answer.json()["url"] == first.url, "the old one is there until the new one is"
    second = run(clip)
    assert (second.version, second.pk) == (first.version, first.pk)
    assert second.job_id != first.job_id
    assert files_below(tiles(stored, clip, second)) == before


def test_asking_twice_makes_one_job(folder, do_import) -> None:
    clip = do_import(folder).clip
    one = static_cloud_request(actor=None, clip=clip)
    assert static_cloud_request(actor=None, clip=clip).job_id == one.job_id


def test_tiles_that_nothing_points_to_go_with_the_next_one(folder, do_import, stored) -> None:
    clip = do_import(folder).clip
    stray = stored / clip.storage_prefix / "clouds" / ("0" * 32)
    stray.mkdir(parents=True)
    (stray / "0.glb").write_bytes(b"half")
    cloud = run(clip)
    assert [path.name for path in stray.parent.iterdir()] == [cloud.version]


def test_a_lost_sweep_is_said_in_a_sentence(folder, do_import, stored) -> None:
    clip = do_import(folder).clip
    shutil.rmtree(stored / clip.storage_prefix / "sweeps")
    cloud = StaticCloud.objects.get(clip=clip)
    jobs.run(cloud.job_id)
    cloud.refresh_from_db()
    assert cloud.job.state == jobs.JobState.FAILED
    assert "storage has lost" in cloud.job.message
    assert cloud.version == ""


@pytest.mark.slow
def test_a_killed_workers_cloud_is_made_by_the_next(
    tmp_path, do_import, stored, monkeypatch
) -> None:
    queue = f"test-{uuid.uuid4().hex[:8]}"
    monkeypatch.setattr("labelapp.clips.services.cloud_prepare.QUEUE", queue)
    folder = write_clip_folder(tmp_path / "long", ticks=150, labels=False)
    clip = do_import(folder).clip
    job_id = StaticCloud.objects.get(clip=clip).job_id
    work = django_settings.DATA_DIR / "work"
    worker = Worker(stored.parent, queue=queue)
    try:
        wait_until(lambda: len(list(work.glob(f"cloud-{job_id}-*/squares/square_*"))) > 4)
    finally:
        worker.kill()
    cloud = StaticCloud.objects.get(clip=clip)
    assert cloud.version == ""
    assert not (stored / clip.storage_prefix / "clouds").exists()
    with running_worker(stored.parent, queue=queue):
        wait_until(
            lambda: StaticCloud.objects.get(clip=clip).job.state == jobs.JobState.DONE,
            timeout_s=120,
        )
    cloud.refresh_from_db()
    assert cloud.job.attempt == 2
    assert len(positions(stored, clip, cloud)) == cloud.point_count > 0
    assert not list(work.glob(f"cloud-{job_id}-*"))
