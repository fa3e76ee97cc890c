"""WebDataset shards, read in any order: an index says where in its tar file each part lies."""

import contextlib
import json
import os
import tarfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from labelapp.client.training.store import ClipIndex, ExportError, ImageParts, TickParts

#: A part of a sample: number of the shard, first byte, how many.
_Place = tuple[int, int, int]
_INDEX = "labelapp-shard-index/1"
_PICTURES = ("jpg", "png")
_TICKS = "ticks."
_MANIFEST = "manifest.json"
#: Shards that a process keeps open.
_MOST_OPEN = 64


class ShardStore:
    """Shards of one split, as ``docs/exports.md`` describes them.

    The index is made once and kept beside each shard, where that folder can be written to.

    Args:
        shards: the tar files, or a folder and the split's name joined: ``DIR/train``.

    Raises:
        ExportError: there is no shard, or one is damaged.
    """

    def __init__(self, shards: str | Path | Sequence[str | Path]) -> None:
        self._paths = _shard_paths(shards)
        self._files: dict[int, int] = {}
        self._process = os.getpid()
        self._places: list[dict[tuple[str, int], dict[str, _Place]]] = []
        self.clips: list[ClipIndex] = []
        self._add_all()
        self.spec: Mapping[str, Any] | None = _spec_beside(self._paths[0])

    def image(self, clip: int, camera: str, time_ns: int, heads: frozenset[str]) -> ImageParts:
        """Read an image, and the targets of some heads."""
        places = self._places[clip][camera, time_ns]
        picture = next((self._read(places[kind]) for kind in _PICTURES if kind in places), None)
        rows: dict[str, list[dict[str, Any]]] = {}
        pictures: dict[str, dict[str, bytes]] = {}
        for name, place in places.items():
            head, _, kind = name.partition(".")
            if head not in heads or not kind:
                continue
            if kind == "json":
                rows[head] = orjson.loads(self._read(place))["targets"]
            elif kind.endswith(".png"):
                pictures.setdefault(head, {})[kind.removesuffix(".png")] = self._read(place)
        about = orjson.loads(self._read(places["json"]))
        return ImageParts(picture, about, rows, pictures)

    def tick(self, clip: int, head: str, time_ns: int) -> TickParts:
        """Read a tick of a head."""
        places = self._places[clip][f"{_TICKS}{head}", time_ns]
        return TickParts(
            orjson.loads(self._read(places["json"])), self._read(places[f"{head}.npz"])
        )

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_files": {}}

    def _read(self, place: _Place) -> bytes:
        shard, first, count = place
        if self._process != os.getpid():
            # A fork's descriptors are its parent's to close.
            self._files, self._process = {}, os.getpid()
        descriptor = self._files.get(shard)
        if descriptor is None:
            if len(self._files) >= _MOST_OPEN:
                os.close(self._files.pop(next(iter(self._files))))
            descriptor = self._files[shard] = os.open(self._paths[shard], os.O_RDONLY)
        content = os.pread(descriptor, count, first)
        if len(content) != count:
            msg = f"{self._paths[shard]}: expected {count} bytes at {first}, found {len(content)}."
            raise ExportError(msg)
        return content

    def __del__(self) -> None:
        if self.__dict__.get("_process") == os.getpid():
            for descriptor in self._files.values():
                with contextlib.suppress(OSError):
                    os.close(descriptor)

    def _add_all(self) -> None:
        numbers: dict[str, int] = {}
        times: list[dict[str, list[int]]] = []
        for shard, path in enumerate(self._paths):
            for name, first, count in _index(path):
                folder, _, file = name.rpartition("/")
                clip_folder, _, source = folder.rpartition("/")
                stem, _, part = file.partition(".")
                if not (clip_folder and part and stem.removeprefix("-").isdecimal()):
                    msg = (
                        f"{path}: expected <clip>/<camera>/<time_ns>.<part>, found '{name[:100]}'."
                    )
                    raise ExportError(msg)
                if clip_folder not in numbers:
                    numbers[clip_folder] = len(numbers)
                    self._places.append({})
                    times.append({})
                    self.clips.append(ClipIndex(clip_folder))
                clip, time_ns = numbers[clip_folder], int(stem)
                places = self._places[clip].setdefault((source, time_ns), {})
                if not places:
                    times[clip].setdefault(source, []).append(time_ns)
                places[part] = (shard, first, count)
        for clip, found in enumerate(times):
            self._sort(clip, found)

    def _sort(self, clip: int, times: Mapping[str, list[int]]) -> None:
        """Say of a clip which of its sources are cameras, and which are ticks of a head."""
        for source, found in times.items():
            ordered = np.array(sorted(found), np.int64)
            head = source.removeprefix(_TICKS)
            if head != source and f"{head}.npz" in self._places[clip][source, int(ordered[0])]:
                self.clips[clip].ticks[head] = ordered
            else:
                self.clips[clip].cameras[source] = ordered


def _shard_paths(shards: str | Path | Sequence[str | Path]) -> list[Path]:
    if isinstance(shards, str | Path):
        start = Path(shards)
        if start.is_dir():
            found = sorted(start.glob("*-[0-9][0-9][0-9][0-9][0-9][0-9].tar"))
            splits = {path.name.rpartition("-")[0] for path in found}
            if len(splits) > 1:
                names = ", ".join(str(start / name) for name in sorted(splits))
                msg = f"{start}: expected the shards of one split, found several: say {names}."
                raise ExportError(msg)
        elif start.suffix == ".tar":
            found = [start]
        else:
            found = sorted(start.parent.glob(f"{start.name}-[0-9][0-9][0-9][0-9][0-9][0-9].tar"))
    else:
        found = [Path(path) for path in shards]
    if not found:
        msg = f"{shards}: expected shards such as train-000000.tar, found none."
        raise ExportError(msg)
    return found


def _spec_beside(shard: Path) -> Mapping[str, Any] | None:
    path = shard.parent / _MANIFEST
    if not path.exists():
        return None
    spec: Mapping[str, Any] | None = json.loads(path.read_bytes()).get("spec")
    return spec


def _index(path: Path) -> Iterable[tuple[str, int, int]]:
    """Return what is in a tar file: name, first byte, size; kept beside it for the next time."""
    kept = path.with_name(f".{path.name}.index")
    try:
        stat = path.stat()
    except OSError as error:
        msg = f"{path}: expected a shard, found none ({error.strerror})."
        raise ExportError(msg) from error
    key = [_INDEX, stat.st_size, stat.st_mtime_ns]
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        document = json.loads(kept.read_bytes())
        if document["key"] == key:
            return [(name, first, count) for name, first, count in document["parts"]]
    try:
        with tarfile.open(path, "r:") as archive:
            parts = [(m.name, m.offset_data, m.size) for m in archive if m.isreg()]
    except tarfile.TarError as error:
        msg = f"{path}: expected a whole tar file, found otherwise ({error})."
        raise ExportError(msg) from error
    # A tar file ends with two empty blocks; reading stops without a word where it is cut off.
    end = max((first + count for _, first, count in parts), default=0)
    if -(-end // tarfile.BLOCKSIZE) * tarfile.BLOCKSIZE + 2 * tarfile.BLOCKSIZE > stat.st_size:
        msg = f"{path}: expected a whole tar file, found one that ends too soon."
        raise ExportError(msg)
    scratch = kept.with_name(f"{kept.name}.{os.getpid()}")
    with contextlib.suppress(OSError):
        scratch.write_text(json.dumps({"key": key, "parts": parts}))
        scratch.replace(kept)
    return parts
