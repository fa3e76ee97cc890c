"""Clips of T steps of C cameras with the targets of every head, decoded as they are asked for."""

import io
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from labelapp.client.training.decoding import decode_picture, decode_target
from labelapp.client.training.heads import Rows, class_names, lines_of, rows_as_arrays
from labelapp.client.training.store import ExportError, ImageParts, Store
from labelapp.client.training.windows import Steps, Window, WindowList, nearest

Sample = dict[str, Any]


class ClipDataset:
    """A list of windows of clips; torch takes it as a map-style data set.

    A sample is a dictionary: ``images`` (T, C, H, W, 3) uint8; ``has_image`` (T, C) bool;
    ``times_ns`` (T,) and ``image_times_ns`` (T, C) int64; ``world_from_ego`` and
    ``ego_from_camera`` (T, C, 4, 4) float64 and ``intrinsics`` (T, C, 4) float64 (fx fy cx cy of
    the resized picture), NaN where they aren't known; ``clip``, ``clip_id``, ``clip_name``,
    ``cameras``, ``camera_specs``; and ``heads``: by name the targets, see ``docs/client.md``. What
    a head lacks is masked by ``has``.

    Args:
        store: ``ShardStore`` or ``TableStore``.
        window: what a sample spans.
        heads: names; None: all that the export's spec has, or the first samples show.
        size: (height, width) that pictures and targets are resized to; None: as they are, and then
            all cameras must have one size.
        classes: for a head the names of its classes, where its spec doesn't name them. Without any,
            labels have no number of a class.
        with_rows: also give each head's rows as they are in the export, in ``rows``.
    """

    def __init__(
        self,
        store: Store,
        window: Window | None = None,
        *,
        heads: Sequence[str] | None = None,
        size: tuple[int, int] | None = None,
        classes: Mapping[str, Sequence[str]] | None = None,
        with_rows: bool = False,
    ) -> None:
        self._store = store
        self._windows = WindowList(store.clips, window or Window())
        self.cameras = self._windows.cameras
        self.heads = list(heads) if heads is not None else _heads_of(store)
        self.size = size
        self._with_rows = with_rows
        self.classes = {
            head: list((classes or {}).get(head) or class_names(store.spec, head) or ())
            for head in self.heads
        }

    def __len__(self) -> int:
        return len(self._windows)

    def __getitem__(self, index: int) -> Sample:
        steps = self._windows[index]
        parts = self._parts(steps)
        sample = self._pictures(parts)
        clip = self._store.clips[steps.clip]
        heads: dict[str, Sample] = {}
        for head in self.heads:
            heads[head] = self._head(head, parts, sample)
            if head in clip.ticks:
                heads[head] |= self._ticks(head, steps)
        return {
            "clip": clip.folder,
            "first_step": steps.first,
            "times_ns": steps.times_ns.copy(),
            "cameras": self.cameras,
            **sample,
            "heads": heads,
        }

    def _parts(self, steps: Steps) -> list[list[tuple[int, ImageParts] | None]]:
        """Read what is known of each step's image of each camera."""
        clip, wanted = self._store.clips[steps.clip], frozenset(self.heads)
        columns: list[list[tuple[int, ImageParts] | None]] = []
        for camera in self.cameras:
            times = clip.cameras.get(camera, np.empty(0, np.int64))
            column: list[tuple[int, ImageParts] | None] = []
            for place in nearest(times, steps):
                if place is None:
                    column.append(None)
                else:
                    time_ns = int(times[place])
                    column.append((time_ns, self._store.image(steps.clip, camera, time_ns, wanted)))
            columns.append(column)
        return [list(step) for step in zip(*columns, strict=True)]

    def _pictures(self, parts: list[list[tuple[int, ImageParts] | None]]) -> Sample:
        shape = (len(parts), len(self.cameras))
        images: npt.NDArray[np.uint8] | None = None
        found: Sample = {
            "has_image": np.zeros(shape, np.bool_),
            "image_times_ns": np.full(shape, -1, np.int64),
            "scale": np.ones((*shape, 2)),
            "intrinsics": np.full((*shape, 4), np.nan),
            "world_from_ego": np.full((*shape, 4, 4), np.nan),
            "ego_from_camera": np.full((*shape, 4, 4), np.nan),
            "camera_specs": [None] * shape[1],
            "clip_id": None,
            "clip_name": None,
        }
        for t, step in enumerate(parts):
            for c, part in enumerate(step):
                if part is None:
                    continue
                time_ns, image = part
                found["image_times_ns"][t, c] = time_ns
                self._calibration(found, (t, c), image.about)
                if image.picture is None:
                    continue
                pixels = decode_picture(image.picture, image.about, self.size)
                if images is None:
                    images = np.zeros((*shape, *pixels.shape), np.uint8)
                if pixels.shape != images.shape[2:]:
                    sizes = f"{images.shape[2:4]} and {pixels.shape[:2]}"
                    msg = f"expected pictures of one size, found {sizes}: say size=(height, width)."
                    raise ExportError(msg)
                images[t, c] = pixels
                found["has_image"][t, c] = True
        height, width = self.size or (0, 0)
        found["images"] = (
            np.zeros((*shape, height, width, 3), np.uint8) if images is None else images
        )
        return found

    def _calibration(self, found: Sample, at: tuple[int, int], about: Mapping[str, Any]) -> None:
        found["clip_id"] = about.get("clip_id", found["clip_id"])
        found["clip_name"] = about.get("clip", found["clip_name"])
        if self.size is not None and "width" in about:
            found["scale"][at] = self.size[1] / about["width"], self.size[0] / about["height"]
        if "world_from_ego" in about:
            found["world_from_ego"][at] = _matrix(about["world_from_ego"])
        spec = about.get("camera_spec")
        if spec is None:
            return
        found["camera_specs"][at[1]] = spec
        found["ego_from_camera"][at] = _matrix(spec["ego_from_camera"])
        params = spec["params"]
        if all(name in params for name in ("fx", "fy", "cx", "cy")):
            (x, y), scale = (params["cx"], params["cy"]), found["scale"][at]
            found["intrinsics"][at] = (
                params["fx"] * scale[0], params["fy"] * scale[1],
                (x + 0.5) * scale[0] - 0.5, (y + 0.5) * scale[1] - 0.5,
            )  # fmt: skip

    def _head(
        self, head: str, parts: list[list[tuple[int, ImageParts] | None]], sample: Sample
    ) -> Sample:
        rows: Rows = [
            [None if part is None else part[1].rows.get(head) for part in step] for step in parts
        ]
        classes = self.classes[head]
        found: Sample = dict(rows_as_arrays(rows, sample["scale"], classes, head))
        if any(row.get("pieces") is not None for s in rows for r in s if r for row in r):
            found["lines"] = lines_of(rows, sample["scale"], classes, head)
        if self._with_rows:
            found["rows"] = rows
        kinds = {
            kind
            for step in parts
            for part in step
            if part is not None
            for kind in part[1].pictures.get(head, ())
        }
        for kind in sorted(kinds):
            found[kind], found[f"has_{kind}"] = self._target_pictures(head, kind, parts)
        return found

    def _target_pictures(
        self, head: str, kind: str, parts: list[list[tuple[int, ImageParts] | None]]
    ) -> tuple[npt.NDArray[Any], npt.NDArray[np.bool_]]:
        has = np.zeros((len(parts), len(self.cameras)), np.bool_)
        pictures: npt.NDArray[Any] | None = None
        for t, step in enumerate(parts):
            for c, part in enumerate(step):
                content = None if part is None else part[1].pictures.get(head, {}).get(kind)
                if content is None:
                    continue
                pixels = decode_target(content, kind, self.size)
                if pictures is None:
                    pictures = np.zeros((*has.shape, *pixels.shape), pixels.dtype)
                pictures[t, c] = pixels
                has[t, c] = True
        assert pictures is not None  # noqa: S101  one has this kind
        return pictures, has

    def _ticks(self, head: str, steps: Steps) -> Sample:
        """Return a head's rasters: (T, ...) each, with ``has_raster`` (T,)."""
        times = self._store.clips[steps.clip].ticks[head]
        found: Sample = {"has_raster": np.zeros(len(steps.times_ns), np.bool_)}
        found["world_from_grid"] = np.full((len(steps.times_ns), 4, 4), np.nan)
        for t, place in enumerate(nearest(times, steps)):
            if place is None:
                continue
            tick = self._store.tick(steps.clip, head, int(times[place]))
            with np.load(io.BytesIO(tick.rasters)) as arrays:
                for name in arrays.files:
                    array = arrays[name]
                    if name not in found:
                        found[name] = np.zeros((len(steps.times_ns), *array.shape), array.dtype)
                    found[name][t] = array
            found["has_raster"][t] = True
            if tick.about.get("position_m") is not None:
                found["world_from_grid"][t] = _matrix(tick.about)
        return found


def _heads_of(store: Store) -> list[str]:
    if store.spec is not None:
        return list(store.spec["heads"]) if "heads" in store.spec else ["targets"]
    msg = "expected a manifest.json beside the shards, found none: say which heads."
    raise ExportError(msg)


def _matrix(pose: Mapping[str, Any]) -> npt.NDArray[np.float64]:
    """Return a pose (``position_m``, ``quat_xyzw``) as (4, 4)."""
    x, y, z, w = np.asarray(pose["quat_xyzw"], np.float64) / np.linalg.norm(pose["quat_xyzw"])
    found = np.eye(4)
    found[:3, :3] = [
        [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
        [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
        [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
    ]
    found[:3, 3] = pose["position_m"]
    return found
