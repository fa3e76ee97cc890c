"""Parquet tables and pictures of an export, unpacked into one folder."""

import json
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq

from labelapp.client.training.store import ClipIndex, ExportError, ImageParts, TickParts

#: Row groups that a process keeps decoded: one holds some images of one camera.
_MOST_GROUPS = 64
_IMAGES = "images"
#: Columns of ``images`` that lead to pictures of a head.
_PICTURES = ("id_picture", "semantic_picture", "depth_picture", "range_picture", "depth_source")
_TARGETS, _IMAGES_TABLE, _TICKS = "targets.parquet", "images.parquet", "ticks.parquet"
_UNNAMED = "targets"


class TableStore:
    """An export of the format ``parquet`` with its pictures, as ``Export.download`` unpacks it.

    A head's table says nothing of images without a row. Where a head has an ``images.parquet``,
    that says which it has; else it has all images of its spec's cameras, unless the spec samples:
    then those with rows alone.

    Args:
        folder: with ``manifest.json``, the tables, and ``images/``.
        split: whose clips; empty where there are no splits.

    Raises:
        ExportError: files are missing.
    """

    def __init__(self, folder: str | Path, split: str = "") -> None:
        self._folder = Path(folder)
        self._split = split
        try:
            manifest = json.loads((self._folder / "manifest.json").read_bytes())
        except OSError as error:
            msg = f"{folder}: expected the manifest.json of an export, found none."
            raise ExportError(msg) from error
        self.spec: Mapping[str, Any] = manifest["spec"]
        names = list(self.spec["heads"]) if "heads" in self.spec else [""]
        self._heads = {name or _UNNAMED: _Head(self._folder, split, name) for name in names}
        self._groups: OrderedDict[tuple[str, str, int], dict[Any, list[dict[str, Any]]]]
        self._groups = OrderedDict()
        self.clips: list[ClipIndex] = []
        self._images: list[dict[tuple[str, int], Path]] = []
        self._add_images(manifest)
        for head, tables in self._heads.items():
            for folder_, times in tables.tick_times().items():
                self.clips[self._numbers[folder_]].ticks[head] = times

    def image(self, clip: int, camera: str, time_ns: int, heads: frozenset[str]) -> ImageParts:
        """Read an image, and the targets of some heads."""
        path = self._images[clip][camera, time_ns]
        place = (self.clips[clip].folder, camera, time_ns)
        rows: dict[str, list[dict[str, Any]]] = {}
        pictures: dict[str, dict[str, bytes]] = {}
        about: dict[str, Any] = {}
        for head, tables in self._heads.items():
            if head not in heads:
                continue
            found = self._rows(head, _TARGETS, place)
            image = self._rows(head, _IMAGES_TABLE, place)
            if found or image or tables.has_all_of(self._spec_of(head), camera):
                rows[head] = found or []
            for row in image or ():
                kinds = {kind: row[kind] for kind in _PICTURES if row.get(kind)}
                pictures[head] = {k: (self._folder / p).read_bytes() for k, p in kinds.items()}
            for row in (*(image or ()), *(found or ()))[:1]:
                about = {name: row[name] for name in ("clip_id", "clip", "width", "height")}
        return ImageParts(path.read_bytes(), about, rows, pictures)

    def tick(self, clip: int, head: str, time_ns: int) -> TickParts:
        """Read a tick of a head."""
        place = (self.clips[clip].folder, "", time_ns)
        (row,) = self._rows(head, _TICKS, place) or [{}]
        return TickParts(row, (self._folder / row["raster"]).read_bytes())

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_groups": OrderedDict()}

    def _spec_of(self, head: str) -> Mapping[str, Any]:
        spec: Mapping[str, Any] = self.spec
        return {**spec, **spec["heads"][head]} if "heads" in spec else spec

    def _rows(
        self, head: str, table: str, place: tuple[str, str, int]
    ) -> list[dict[str, Any]] | None:
        group = self._heads[head].group(table, place)
        if group is None:
            return None
        key = (head, table, group)
        if key not in self._groups:
            self._groups[key] = self._heads[head].read(table, group)
            if len(self._groups) > _MOST_GROUPS:
                self._groups.popitem(last=False)
        self._groups.move_to_end(key)
        return self._groups[key].get(place)

    def _add_images(self, manifest: Mapping[str, Any]) -> None:
        """Find the pictures; tables tell which clips are the split's."""
        ids = {clip["clip_id"] for clip in manifest["clips"] if clip["split"] == self._split}
        times: dict[str, dict[str, list[int]]] = {}
        root = self._folder / _IMAGES
        paths: dict[str, dict[tuple[str, int], Path]] = {}
        for path in sorted(root.rglob("*")) if root.is_dir() else ():
            if path.suffix not in {".jpg", ".png"} or not path.stem.removeprefix("-").isdecimal():
                continue
            folder = str(path.parent.parent.relative_to(root))
            times.setdefault(folder, {}).setdefault(path.parent.name, []).append(int(path.stem))
            paths.setdefault(folder, {})[path.parent.name, int(path.stem)] = path
        if not paths:
            msg = f"{root}: expected pictures, found none: export with them, and unpack images.zip."
            raise ExportError(msg)
        mine = self._folders_of(ids, len(manifest["clips"]) == len(ids))
        self._numbers: dict[str, int] = {}
        for folder in sorted(times):
            if mine is not None and folder not in mine:
                continue
            self._numbers[folder] = len(self.clips)
            cameras = {name: np.array(sorted(t), np.int64) for name, t in times[folder].items()}
            self.clips.append(ClipIndex(folder, cameras))
            self._images.append(paths[folder])

    def _folders_of(self, ids: set[str], is_all: bool) -> set[str] | None:  # noqa: FBT001
        """Return the folders of the split's clips, None where all are."""
        if is_all:
            return None
        found: set[str] = set()
        for head in self._heads.values():
            found |= head.folders(ids)
        return found


class _Head:
    """The tables of one head: which row group has an image's rows."""

    def __init__(self, folder: Path, split: str, head: str) -> None:
        prefix = "".join(f"{part}." for part in (split, head) if part)
        self._paths = {
            table: folder / f"{prefix}{table}"
            for table in (_TARGETS, _IMAGES_TABLE, _TICKS)
            if (folder / f"{prefix}{table}").is_file()
        }
        if not self._paths:
            msg = f"{folder}: expected {prefix}{_TARGETS}, found none."
            raise ExportError(msg)
        self._index: dict[str, dict[tuple[str, str, int], int]] = {}
        self._clip_ids: dict[str, str] = {}
        for table, path in self._paths.items():
            self._index[table] = self._index_of(path)

    def _index_of(self, path: Path) -> dict[tuple[str, str, int], int]:
        found: dict[tuple[str, str, int], int] = {}
        with pq.ParquetFile(path) as file:
            names = file.schema_arrow.names
            if "time_ns" not in names:
                return found  # a table of nothing
            place = "image" if "image" in names else "raster"
            for group in range(file.num_row_groups):
                columns = file.read_row_group(group, columns=["clip_id", place, "time_ns"])
                for row in columns.to_pylist():
                    key = _place(row[place], row["time_ns"])
                    found[key] = group
                    self._clip_ids[key[0]] = row["clip_id"]
        return found

    def group(self, table: str, place: tuple[str, str, int]) -> int | None:
        return self._index.get(table, {}).get(place)

    def read(self, table: str, group: int) -> dict[Any, list[dict[str, Any]]]:
        with pq.ParquetFile(self._paths[table]) as file:
            rows = file.read_row_group(group, use_threads=False).to_pylist()
        found: dict[Any, list[dict[str, Any]]] = {}
        for row in rows:
            if isinstance(row.get("attributes"), str):
                row["attributes"] = json.loads(row["attributes"])
            key = _place(row["image"] if "image" in row else row["raster"], row["time_ns"])
            found.setdefault(key, []).append(row)
        return found

    def folders(self, ids: set[str]) -> set[str]:
        return {folder for folder, clip_id in self._clip_ids.items() if clip_id in ids}

    def tick_times(self) -> dict[str, Any]:
        times: dict[str, list[int]] = {}
        for folder, _, time_ns in self._index.get(_TICKS, {}):
            times.setdefault(folder, []).append(time_ns)
        return {folder: np.array(sorted(found), np.int64) for folder, found in times.items()}

    def has_all_of(self, spec: Mapping[str, Any], camera: str) -> bool:
        """Return whether the head has every image of a camera, also those without rows."""
        if _IMAGES_TABLE in self._paths or _TARGETS not in self._paths:
            return False
        sampling = spec.get("sampling") or {}
        is_whole = all(not v or v == 1 for k, v in sampling.items() if k != "only_pictures")
        cameras: Sequence[str] | None = spec.get("cameras")
        return is_whole and (not cameras or camera in cameras)


def _place(path: str, time_ns: int) -> tuple[str, str, int]:
    """Return clip folder, camera and time of ``[head/]kind/clip/camera/time.ext``."""
    parts = path.split("/")
    kind = next((n for n, part in enumerate(parts) if part in {_IMAGES, "rasters"}), 0)
    rest = parts[kind + 1 :]
    return ("/".join(rest[:-2]), rest[-2], time_ns) if parts[kind] == _IMAGES else (
        "/".join(rest[:-1]), "", time_ns
    )  # fmt: skip
