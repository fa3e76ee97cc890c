"""Exports of the product as a training loop reads them: shards and tables say the same."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from labelapp.client.training import (
    ClipDataset,
    ExportError,
    ShardStore,
    TableStore,
    Window,
    collate,
)
from labelapp.datasets.models import Export
from tests.integration.datasets.conftest import (  # noqa: F401  fixtures
    clip,
    do_export,
    file_of,
    folder,
    stored,
    unpacked,
)

pytestmark = pytest.mark.django_db(transaction=True)

GRID = {"frame": "ego", "origin_m": [0, -10], "resolution_m": 0.5, "size": [60, 40]}
SPEC: dict[str, Any] = {
    "heads": {
        "cars": {"kind": "objects2d", "classes": [{"name": "any", "of": ["car", "van"]}]},
        "far": {"kind": "depth", "cameras": ["front"]},
        "top": {"kind": "bev", "grid": GRID, "classes": ["car", "van"]},
        "boxes": {"kind": "objects3d", "classes": ["car", "van"], "cameras": ["front"]},
    }
}


@pytest.fixture
def fetched(clip, do_export, file_of, unpacked, tmp_path: Path) -> Path:  # noqa: F811
    """The files of an export in both formats, unpacked."""
    export = do_export(formats=["webdataset", "parquet"], spec=SPEC, include_images=True)
    return fetch(export, file_of, unpacked)


def fetch(export: Export, file_of: Callable[..., bytes], unpacked: Callable[..., Path]) -> Path:  # noqa: F811
    folder = Path()  # noqa: F811
    for file in export.files:
        if file["name"].endswith(".zip"):
            folder = unpacked(export, file["name"])
    for file in export.files:
        if not file["name"].endswith(".zip"):
            (folder / file["name"]).write_bytes(file_of(export, file["name"]))
    return folder


def test_a_window_has_every_steps_pictures_and_every_heads_targets(fetched: Path) -> None:
    dataset = ClipDataset(ShardStore(fetched), Window(steps=3, cameras=["front", "rear"]))
    (sample,) = [dataset[n] for n in range(len(dataset))]
    assert sample["images"].shape == (3, 2, 48, 64, 3)
    assert sample["has_image"].all()
    path = fetched / "images" / sample["clip"] / "rear" / f"{sample['image_times_ns'][1, 1]}.jpg"
    assert np.array_equal(sample["images"][1, 1], cv2.imread(str(path))[..., ::-1])
    assert np.abs(np.diff(sample["image_times_ns"][:, 1] - sample["times_ns"])).max() == 0
    cars, far, top = (sample["heads"][name] for name in ("cars", "far", "top"))
    assert cars["has"].all()
    assert far["has"].tolist() == [[True, False]] * 3
    assert far["has_depth_picture"].tolist() == [[True, False]] * 3
    assert top["has_raster"].all()
    assert top["semantic"].shape == (3, 60, 40)
    assert (top["semantic"][:, 24:28] == 0).any(), "the car ahead, as seen from above"
    assert not np.isnan(top["world_from_grid"]).any()
    assert sample["intrinsics"][0, 0].tolist() == [40.0, 40.0, 31.5, 23.5]
    # The box in the picture is where the box in the world says.
    boxes = sample["heads"]["boxes"]
    for n in np.flatnonzero(boxes["valid"][0, 0]):
        x, _, z = boxes["position_camera_m"][0, 0, n]
        u = 40.0 * x / z + 31.5
        if z > 0 and 5 < u < 58:
            u0, _, u1, _ = boxes["box_clipped"][0, 0, n]
            assert u0 <= u <= u1


def test_tables_say_what_shards_say(fetched: Path) -> None:
    window = Window(steps=2, cameras=["front", "rear"], stride=1)
    for size in (None, (24, 32)):
        shards = ClipDataset(ShardStore(fetched), window, size=size)
        tables = ClipDataset(TableStore(fetched), window, size=size)
        assert len(shards) == len(tables) == 2
        for number in range(2):
            one, other = shards[number], tables[number]
            assert np.array_equal(one["images"], other["images"])
            for head in SPEC["heads"]:
                assert one["heads"][head].keys() == other["heads"][head].keys()
                for name, value in one["heads"][head].items():
                    assert np.array_equal(value, other["heads"][head][name], equal_nan=(
                        value.dtype.kind == "f"
                    )), (head, name)  # fmt: skip


def test_boxes_and_calibration_shrink_with_the_picture(fetched: Path) -> None:
    whole, half = (
        ClipDataset(ShardStore(fetched), Window(cameras=["front"]), size=size)[0]
        for size in (None, (24, 32))
    )
    assert half["images"].shape == (1, 1, 24, 32, 3)
    expected = (whole["heads"]["cars"]["box_clipped"] + 0.5) * 0.5 - 0.5
    found = half["heads"]["cars"]["box_clipped"]
    assert np.allclose(found, expected, atol=1e-5, equal_nan=True)
    assert half["intrinsics"][0, 0].tolist() == [20.0, 20.0, 15.5, 11.5]
    batch = collate([half, half])
    assert batch["images"].shape == (2, 1, 1, 24, 32, 3)


def test_heads_are_chosen_and_missing_ones_are_masked(fetched: Path) -> None:
    dataset = ClipDataset(ShardStore(fetched), heads=["cars", "walkers"], with_rows=True)
    heads = dataset[0]["heads"]
    assert set(heads) == {"cars", "walkers"}
    assert not heads["walkers"]["has"].any()
    assert heads["walkers"]["valid"].shape[-1] == 0
    assert heads["cars"]["rows"][0][0][0]["class"] == "any"
    assert heads["cars"]["class"].max() == 0
    (fetched / "manifest.json").unlink()
    with pytest.raises(ExportError, match="say which heads"):
        ClipDataset(ShardStore(fetched))
    assert "class" not in ClipDataset(ShardStore(fetched), heads=["cars"])[0]["heads"]["cars"]
    named = ClipDataset(ShardStore(fetched), heads=["cars"], classes={"cars": ["other", "any"]})
    assert named[0]["heads"]["cars"]["class"].max() == 1


def test_the_index_of_a_shard_is_kept_and_made_anew_when_it_changes(fetched: Path) -> None:
    ShardStore(fetched)
    (kept,) = fetched.glob(".samples-000000.tar.index")
    document = json.loads(kept.read_text())
    assert document["parts"]
    document["key"][1] += 1
    document["parts"] = []
    kept.write_text(json.dumps(document))
    assert len(ShardStore(fetched).clips) == 1
    shard = fetched / "samples-000000.tar"
    shard.write_bytes(shard.read_bytes()[: shard.stat().st_size // 2])
    with pytest.raises(ExportError, match="expected a whole tar file"):
        ShardStore(fetched)
    with pytest.raises(ExportError, match="found none"):
        ShardStore(fetched / "train")
