"""Sweeps too big for one file in a browser: all points as 3D Tiles, some of them as ``LAS1``."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from django.conf import settings

from labelapp.clips.checking import to_world
from labelapp.clips.storage import SPOOLED, clip_storage, sweep_tile_name
from labelapp.clips.sweeps import Points, joined
from labelapp.common.storage import put_bytes, read_all
from projection.clouds.glb import decode_tile
from projection.clouds.ground import Ground, GroundCells
from projection.clouds.records import CloudPoints, height_codes
from projection.clouds.tileset import Tileset, TilesetWriter
from projection.io import ClipFolder, SweepRow
from projection.io.sweep_blocks import SweepBlocks

#: So many points stand for the whole sweep where one file is asked for.
STAND_IN_POINTS = 2_000_000


def huge_sweep_write(
    prefix: str,
    index: int,
    folder: ClipFolder,
    row: SweepRow,
    blocks: SweepBlocks,
    intensity_scale: float,
) -> tuple[Tileset, Points]:
    """Store a huge sweep as tiles; returns what was stored, and the points that stand for it.

    Memory doesn't grow with the sweep; the disk below ``DATA_DIR/work`` needs 40 bytes a point.

    Raises:
        FormatError: the file is not what its name says.
    """
    stand_in = _stand_in(folder, row, blocks)
    cells = GroundCells()
    cells.add(stand_in.positions_m)
    ground = cells.finish()

    def write(name: str, content: bytes) -> None:
        put_bytes(clip_storage(), f"{prefix}/{sweep_tile_name(index, name)}", content)

    work = settings.DATA_DIR / "work"
    work.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f"{SPOOLED}{prefix}-", dir=work) as made:
        writer = TilesetWriter(Path(made), write)
        for block in blocks.read():
            points, _ = to_world(folder, row, block)
            writer.add(_drawn(points, ground, intensity_scale))
        return writer.finish(), stand_in


def huge_sweep_read(prefix: str, index: int, tile_count: int) -> Iterator[Points]:
    """Yield all points of a huge sweep, tile by tile, world frame; intensities from 0 to 1."""
    for number in range(tile_count):
        name = f"{prefix}/{sweep_tile_name(index, f'{number}.glb')}"
        positions, rows = decode_tile(read_all(clip_storage(), name))
        yield Points(positions, rows["features"][:, 0] / 255.0)


def _stand_in(folder: ClipFolder, row: SweepRow, blocks: SweepBlocks) -> Points:
    """Return some of the points, evenly at random, the same ones every time."""
    random = np.random.default_rng(0)
    share = STAND_IN_POINTS / blocks.count
    parts = []
    for block in blocks.read():
        points, _ = to_world(folder, row, block)
        parts.append(points.take(random.random(len(points)) < share))
    return joined(parts)


def _drawn(points: Points, ground: Ground, intensity_scale: float) -> CloudPoints:
    features = np.zeros((len(points), 4), dtype=np.uint8)
    if points.intensity is not None:
        shown = points.intensity / (intensity_scale if intensity_scale > 0 else 1.0)
        features[:, 0] = np.rint(np.clip(shown, 0.0, 1.0) * 255).astype(np.uint8)
    features[:, 1] = 128
    features[:, 2] = height_codes(ground.heights(points.positions_m))
    return CloudPoints(points.positions_m, np.zeros((len(points), 4), dtype=np.uint8), features)
