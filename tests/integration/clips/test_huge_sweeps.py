"""Sweeps too big for one file: read block by block, stored as tiles, nothing lost."""

import numpy as np
import pytest

from labelapp.clips import checking, huge_sweeps
from labelapp.clips import jobs as clip_jobs  # noqa: F401  registers its kind
from labelapp.clips.errors import ClipFolderError
from labelapp.clips.huge_sweeps import huge_sweep_read
from labelapp.clips.manifest import manifest_read
from labelapp.clips.models import StaticCloud
from labelapp.clips.sweeps import decode_sweep
from labelapp.common import jobs
from projection.clouds.glb import decode_tile
from projection.io import sweep_blocks
from tests.integration.clip_folders import street_points
from tests.integration.files import files_below

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def little_is_huge(monkeypatch) -> None:
    monkeypatch.setattr(checking, "HUGE_POINTS", 6000)
    monkeypatch.setattr(checking, "HUGE_BYTES", 100)
    monkeypatch.setattr(checking, "_SAMPLED_POINTS", 3000)
    monkeypatch.setattr(huge_sweeps, "STAND_IN_POINTS", 2000)
    monkeypatch.setattr(sweep_blocks, "BLOCK_POINTS", 1500)


@pytest.fixture
def points(folder) -> np.ndarray:
    """The second of the folder's sweeps has 8000 points, one of them nowhere."""
    found = np.concatenate([street_points(1, 1.0), street_points(7, 1.0)])
    found[5] = np.nan
    np.save(folder / "sweeps" / "1.npy", found)
    return found


def test_all_points_are_in_tiles_and_some_in_the_file(folder, points, do_import, stored) -> None:
    imported = do_import(folder)
    clip = imported.clip
    entry = manifest_read(clip.storage_prefix).sweeps[1]
    assert (entry.point_count, manifest_read(clip.storage_prefix).sweeps[0].tile_count) == (7999, 0)
    assert any("1 points without a finite position" in line for line in imported.warnings)
    tiles = list((stored / clip.storage_prefix / "sweeps" / "1").glob("*.glb"))
    assert len(tiles) == entry.tile_count > 0
    found = np.concatenate([decode_tile(path.read_bytes())[0] for path in tiles])
    expected = np.delete(points[:, :3], 5, axis=0) + np.array([1.0, 0.0, 0.0])
    assert len(found) == 7999
    assert np.abs(np.sort(found, axis=0) - np.sort(expected, axis=0)).max() < 2e-3
    stand_in = decode_sweep((stored / clip.storage_prefix / "sweeps/1.las1").read_bytes())
    assert 1500 < len(stand_in) < 2500


def test_tiles_of_a_sweep_are_served_to_members(folder, points, do_import, cast) -> None:
    clip = do_import(folder).clip
    client = cast.client("labeller")
    sweeps = client.get(f"/api/clips/{clip.pk}").json()["sweeps"]
    assert [sweep["tile_count"] > 0 for sweep in sweeps] == [False, True, False]
    path = f"/api/clips/{clip.pk}/sweeps/1/tiles"
    assert b"".join(client.get(f"{path}/tileset.json"))[:1] == b"{"
    assert b"".join(client.get(f"{path}/0.glb"))[:4] == b"glTF"
    assert client.get(f"{path}/{sweeps[1]['tile_count']}.glb").status_code == 404
    assert client.get(f"{path}/../../../manifest.json.gz").status_code == 404
    assert cast.client("stranger").get(f"{path}/0.glb").status_code == 404


def test_the_static_cloud_has_them_all(folder, points, do_import, stored) -> None:
    clip = do_import(folder).clip
    cloud = StaticCloud.objects.get(clip=clip)
    jobs.run(cloud.job_id)
    cloud.refresh_from_db()
    assert cloud.job.state == jobs.JobState.DONE, cloud.job.message
    # Three sweeps of 4000, 7999 and 4000 random points, hardly two of them in one voxel.
    assert 14_000 < cloud.point_count < 15_999
    entry = manifest_read(clip.storage_prefix).sweeps[1]
    assert sum(map(len, huge_sweep_read(clip.storage_prefix, 1, entry.tile_count))) == 7999


def test_a_huge_sweep_cut_short_is_refused_and_nothing_stays(
    folder, points, do_import, stored
) -> None:
    path = folder / "sweeps" / "1.npy"
    path.write_bytes(path.read_bytes()[:-4000])
    with pytest.raises(ClipFolderError, match=r"sweeps/1\.npy"):
        do_import(folder)
    assert files_below(stored) == []
