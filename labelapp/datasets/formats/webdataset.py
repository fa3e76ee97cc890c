"""WebDataset: tar files that are read from their start to their end, one sample after the other.

A sample is an image with the targets of all heads (``jpg`` or ``png``, ``json``, ``<head>.json``,
``<head>.<picture>.png``), or a tick with its rasters (``json``, ``<head>.npz``).
"""

from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import Self

import numpy as np
import orjson
import pyarrow as pa

from labelapp.datasets.formats.json_columns import (
    Field,
    column_json,
    parsed_json,
    rows_json,
    vectors_json,
)
from labelapp.datasets.formats.losses import Keeping, SeenInImages, note_tracks, seen_at
from labelapp.datasets.formats.pictures import READERS, recorded_pictures
from labelapp.datasets.formats.tar_writer import TarWriter
from labelapp.datasets.formats.targets_reader import (
    Batch,
    HeadTables,
    PieceReader,
    TargetsReader,
)
from labelapp.datasets.source import ClipSource
from projection import Track
from projection.batch import chunk_files
from projection.labels import Cuboid
from projection.target_spec import TargetSpecs

_UNSPLIT = "samples"
#: A shard ends with the sample that reaches either.
_MOST_SAMPLES = 1000
_MOST_BYTES = 256 * 1024 * 1024
_IMAGE = ("clip_id", "clip", "camera", "time_ns", "image", "width", "height", "calibration_hash")
_OF_IMAGE = frozenset({*_IMAGE, "has_picture", "code_version"})
#: What an image is told by.
_Key = tuple[str, int]
#: What a file of a sample is called after the key, and what is in it.
_Parts = list[tuple[str, bytes]]
#: What a head that has no name is called in a sample.
_UNNAMED = "targets"


def write(targets: TargetsReader, folder: Path) -> list[str]:
    """Write ``<split>-000000.tar`` and those that follow, with the targets of all heads."""
    seen = SeenInImages(lambda *found: note_tracks(targets, found, Keeping()))
    with (
        _Shards(folder, targets.split or _UNSPLIT, targets.digests) as shards,
        ThreadPoolExecutor(READERS, "pictures") as pool,
    ):
        for found in targets.batches_of_heads():
            samples = _images(found, pool) if isinstance(found, Batch) else _ticks(found)
            for key, parts in samples:
                shards.add(key, parts)
            if isinstance(found, Batch) and has_places(targets.source.specs):
                _note(found, seen)
        seen.done()
        return shards.done()


def has_places(specs: TargetSpecs) -> bool:
    """Return whether a head asks for where boxes are in space."""
    return any(spec.wants("box3d") for _, spec in specs.heads)


def _note(batch: Batch, seen: SeenInImages) -> None:
    """Note which boxes have a place in the world, and when."""
    clip = batch.clip
    tracks = {(v.layer, v.label.id): v.label for v in clip.labels}
    for tables in batch.heads:
        for row in tables.images.select(["camera", "time_ns"]).to_pylist():
            seen.image(clip, row["camera"], row["time_ns"])
        if "position_camera_m" not in tables.targets.column_names:
            continue
        is_placed = tables.targets["position_camera_m"].is_valid()
        own = tables.targets.filter(is_placed).select(["time_ns", "layer", "label_id"])
        moments: dict[tuple[str, str], list[int]] = {}
        for row in own.to_pylist():
            moments.setdefault((row["layer"], row["label_id"]), []).append(row["time_ns"])
        for whose, times_ns in moments.items():
            label = tracks[whose]
            for box in seen_at(Track(label), times_ns) if isinstance(label, Cuboid) else ():
                seen.box(whose, box)


class _Shards:
    """Tar files, one after the other.

    Args:
        folder: where.
        name: begins their names.
        digests: gets the SHA-256 of each.
    """

    def __init__(self, folder: Path, name: str, digests: dict[str, str]) -> None:
        self._folder = folder
        self._name = name
        self._digests = digests
        self._names: list[str] = []
        self._archive: TarWriter | None = None
        self._samples = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: object, trace: TracebackType | None
    ) -> None:
        if self._archive is not None:
            self._archive.__exit__(kind, error, trace)

    def add(self, key: str, parts: _Parts) -> None:
        """Add a sample."""
        if self._archive is None:
            self._names.append(f"{self._name}-{len(self._names):06d}.tar")
            self._archive = TarWriter(self._folder / self._names[-1])
            self._samples = 0
        for extension, content in parts:
            self._archive.add(f"{key}.{extension}", content)
        self._samples += 1
        if self._samples >= _MOST_SAMPLES or self._archive.size >= _MOST_BYTES:
            self.done()

    def done(self) -> list[str]:
        """End the last file; returns the names of all."""
        if self._archive is not None:
            with self._archive as archive:
                self._digests[self._names[-1]] = archive.end()
            self._archive = None
        return self._names


def _images(batch: Batch, pool: ThreadPoolExecutor) -> Iterator[tuple[str, _Parts]]:
    """Yield images: key, and the parts of the sample."""
    about: dict[_Key, bytes] = {}
    paths: dict[_Key, str] = {}
    parts: defaultdict[_Key, _Parts] = defaultdict(list)
    for tables in batch.heads:
        keys = _keys(tables.images)
        if not about.keys() >= set(keys):
            about.update(zip(keys, _about(batch.clip, tables.images), strict=True))
            paths.update(zip(keys, tables.images["image"].to_pylist(), strict=True))
        head = tables.name or _UNNAMED
        pictures = _pictures_by_time(tables.reader)
        for key, targets in zip(keys, _targets(tables), strict=True):
            parts[key].append((f"{head}.json", targets))
            parts[key] += [(f"{head}.{kind}.png", c) for kind, c in pictures.get(key[1], ())]
    order = sorted(about, key=lambda key: (batch.clip.manifest.camera_number(key[0]), key[1]))
    for key, picture in zip(order, recorded_pictures(batch.clip, order, pool), strict=True):
        sample = str(PurePosixPath(paths[key].removeprefix("images/")).with_suffix(""))
        first = [] if picture is None else [(picture[1], picture[0])]
        yield sample, [*first, ("json", about[key]), *parts[key]]


def _keys(images: pa.Table) -> list[_Key]:
    return list(zip(images["camera"].to_pylist(), images["time_ns"].to_pylist(), strict=True))


def _about(clip: ClipSource, images: pa.Table) -> list[bytes]:
    """Return what is said of each image whatever the heads."""
    fields: list[Field] = [(name, column_json(images[name])) for name in _IMAGE]
    times = images["time_ns"].to_numpy()
    fields[_IMAGE.index("time_ns")] = ("time_ns", [b'"%d"' % time for time in times.tolist()])
    poses = clip.trajectory.at(times)
    world_from_ego = rows_json(
        [
            ("position_m", vectors_json(poses.position_m)),
            ("quat_xyzw", vectors_json(poses.quat_xyzw)),
        ],
        len(times),
    )
    specs = {camera.name: orjson.dumps(camera.spec) for camera in clip.manifest.cameras}
    cameras = [specs[name] for name in images["camera"].to_pylist()]
    fields += [("world_from_ego", world_from_ego), ("camera_spec", cameras)]
    return rows_json(fields, images.num_rows)


def _targets(tables: HeadTables) -> list[bytes]:
    """Return what a head says of each of its images."""
    table = tables.targets
    own = [name for name in table.column_names if name not in _OF_IMAGE]
    fields: list[Field] = [
        (name, parsed_json(table[name]) if name == "attributes" else column_json(table[name]))
        for name in own
    ]
    rows = rows_json(fields, table.num_rows)
    ends = np.concatenate([[0], np.cumsum(tables.images["label_count"].to_numpy())]).tolist()
    listed = [b"[%b]" % b",".join(rows[first:last]) for first, last in pairwise(ends)]
    said: list[Field] = [("targets", listed)]
    if "semantic" in tables.images.column_names:
        said.append(("semantic", column_json(tables.images["semantic"])))
    return rows_json(said, tables.images.num_rows)


def _pictures_by_time(reader: PieceReader | None) -> dict[int, _Parts]:
    found: dict[int, _Parts] = {}
    if reader is None:
        return found
    kinds = {folder: kind for kind, folder in chunk_files.PICTURES.items()}
    for name, content in reader.files():
        path = PurePosixPath(name.removeprefix(f"{reader.head}/"))
        found.setdefault(int(path.stem), []).append((kinds[path.parts[0]], content))
    return {time_ns: sorted(pictures) for time_ns, pictures in found.items()}


def _ticks(reader: PieceReader) -> Iterator[tuple[str, _Parts]]:
    """Yield a head's ticks: key, and the parts of the sample."""
    head = reader.head or _UNNAMED
    rasters = dict(reader.files())
    for row in reader.ticks().to_pylist():
        about = row | {"time_ns": str(row["time_ns"]), "head": head}
        key = f"{reader.clip.folder}/ticks.{head}/{row['time_ns']}"
        yield (
            key,
            [("json", orjson.dumps(about)), (f"{head}.npz", rasters[row["raster"]])],
        )
