"""WebDataset: tar files that are read from their start to their end, one sample after the other.

A sample is an image with the targets of all heads (``jpg`` or ``png``, ``json``, ``<head>.json``,
``<head>.<picture>.png``), or a tick with its rasters (``json``, ``<head>.npz``).
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import Self

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc

from labelapp.datasets.formats.json_columns import (
    TEXT,
    Field,
    Texts,
    column_json,
    integers_json,
    joined,
    lists_json,
    parsed_json,
    rows_json,
    slices,
    vectors_json,
    written_json,
)
from labelapp.datasets.formats.losses import Keeping, SeenInImages, note_tracks, seen_at
from labelapp.datasets.formats.pictures import READERS, recorded_pictures
from labelapp.datasets.formats.tar_writer import Block, TarWriter, tar_entries, tar_parts
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
#: A sample as it stands in an archive.
_Parts = Sequence[Block]
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
            for parts in samples:
                shards.add(parts)
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

    def add(self, parts: _Parts) -> None:
        """Add a sample."""
        if self._archive is None:
            self._names.append(f"{self._name}-{len(self._names):06d}.tar")
            self._archive = TarWriter(self._folder / self._names[-1])
            self._samples = 0
        self._archive.add(parts)
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


def _images(batch: Batch, pool: ThreadPoolExecutor) -> Iterator[_Parts]:
    """Yield images: each sample as it stands in an archive, in parts."""
    order, rows = _order(batch)
    images = _of_any_head(batch).take(pa.array(rows))
    names = pc.replace_substring_regex(images["image"], r"^images/|\.[a-z]+$", "")
    keys = names.combine_chunks().cast(TEXT)
    entries = [
        tar_entries(joined([keys, b".%b" % extension.encode()], len(order)), contents)
        for extension, contents in [
            ("json", _about(batch.clip, images)),
            *(part for tables in batch.heads for part in _parts_of_head(tables, order)),
        ]
    ]
    after = slices(joined(entries, len(order)))
    pictures = recorded_pictures(batch.clip, order, pool)
    for key, picture, others in zip(keys.to_pylist(), pictures, after, strict=True):
        if picture is None:
            yield (others,)
        else:
            content, extension = picture
            yield *tar_parts(f"{key.decode()}.{extension}", content), others


def _of_any_head(batch: Batch) -> pa.Table:
    """Return the images of each head, one head's below the other's."""
    return pa.concat_tables([tables.images.select(_IMAGE) for tables in batch.heads])


def _order(batch: Batch) -> tuple[list[_Key], list[int]]:
    """Return the images by camera and time, and where each is first found in any head's."""
    found: dict[_Key, int] = {}
    for row, key in enumerate(_keys(_of_any_head(batch))):
        found.setdefault(key, row)
    number = batch.clip.manifest.camera_number
    order = sorted(found, key=lambda key: (number(key[0]), key[1]))
    return order, [found[key] for key in order]


def _parts_of_head(
    tables: HeadTables, order: Sequence[_Key]
) -> Iterator[tuple[str, pa.LargeBinaryArray]]:
    """Yield what a head says of images: what its files are called, and each; null: it has none."""
    head = tables.name or _UNNAMED
    rows = {key: row for row, key in enumerate(_keys(tables.images))}
    yield f"{head}.json", _targets(tables).take(pa.array(map(rows.get, order), pa.int64()))
    for kind, by_time in sorted(_pictures_by_time(tables.reader).items()):
        found = [
            by_time.get(time_ns) if (camera, time_ns) in rows else None for camera, time_ns in order
        ]
        yield f"{head}.{kind}.png", pa.array(found, TEXT)


def _keys(images: pa.Table) -> list[_Key]:
    return list(zip(images["camera"].to_pylist(), images["time_ns"].to_pylist(), strict=True))


def _about(clip: ClipSource, images: pa.Table) -> Texts:
    """Return what is said of each image whatever the heads."""
    count, times = images.num_rows, images["time_ns"].to_numpy()
    poses = clip.trajectory.at(times)
    world_from_ego = rows_json(
        [
            ("position_m", vectors_json(poses.position_m)),
            ("quat_xyzw", vectors_json(poses.quat_xyzw)),
        ],
        count,
    )
    fields: list[Field] = [(name, column_json(images[name])) for name in _IMAGE]
    quoted = joined([b'"', integers_json(times), b'"'], count)
    fields[_IMAGE.index("time_ns")] = ("time_ns", quoted)
    specs = {camera.name: orjson.dumps(camera.spec) for camera in clip.manifest.cameras}
    cameras = written_json(images["camera"], lambda name: specs[name])
    fields += [("world_from_ego", world_from_ego), ("camera_spec", cameras)]
    return rows_json(fields, count)


def _targets(tables: HeadTables) -> Texts:
    """Return what a head says of each of its images."""
    table, images = tables.targets, tables.images
    own = [name for name in table.column_names if name not in _OF_IMAGE]
    fields: list[Field] = [
        (name, parsed_json(table[name]) if name == "attributes" else column_json(table[name]))
        for name in own
    ]
    ends = np.concatenate([[0], np.cumsum(images["label_count"].to_numpy())])
    said: list[Field] = [("targets", lists_json(rows_json(fields, table.num_rows), ends))]
    if "semantic" in images.column_names:
        said.append(("semantic", column_json(images["semantic"])))
    return rows_json(said, images.num_rows)


def _pictures_by_time(reader: PieceReader | None) -> dict[str, dict[int, bytes]]:
    """Return the pictures of each kind, by time."""
    found: dict[str, dict[int, bytes]] = {}
    if reader is None:
        return found
    kinds = {folder: kind for kind, folder in chunk_files.PICTURES.items()}
    for name, content in reader.files():
        path = PurePosixPath(name.removeprefix(f"{reader.head}/"))
        found.setdefault(kinds[path.parts[0]], {})[int(path.stem)] = content
    return found


def _ticks(reader: PieceReader) -> Iterator[_Parts]:
    """Yield a head's ticks: each sample as it stands in an archive, in parts."""
    head = reader.head or _UNNAMED
    rasters = dict(reader.files())
    for row in reader.ticks().to_pylist():
        about = row | {"time_ns": str(row["time_ns"]), "head": head}
        key = f"{reader.clip.folder}/ticks.{head}/{row['time_ns']}"
        said = tar_parts(f"{key}.json", orjson.dumps(about))
        yield *said, *tar_parts(f"{key}.{head}.npz", rasters[row["raster"]])
