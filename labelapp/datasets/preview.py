"""Any head's targets over any image, as an export would have them, before there is one."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq
from PIL import Image

from labelapp.clips.models import Clip
from labelapp.clips.selectors import image_file
from labelapp.clips.storage import clip_storage
from labelapp.common.errors import InvalidError
from labelapp.common.storage import read_all
from labelapp.datasets.drawing import blank_picture, color_of, scaled_to, targets_drawn
from labelapp.datasets.piece_tables import table_read
from labelapp.datasets.projecting import ClipProjector, table_file
from labelapp.datasets.source import ClipSource, Part
from labelapp.labels.models import LabelSet
from labelapp.ontology.selectors import ontology_current
from projection.batch import chunk_files
from projection.batch.plan import Chunk
from projection.batch.ticks import TickChunk
from projection.target_spec import PICTURE_TARGETS, TargetSpec, TargetSpecs
from projection.target_spec.rules import Sampling

_WIDTH = 1280
#: Rows that come back as a table.
_MOST_ROWS = 500
_NEAREST = Image.Resampling.NEAREST
#: What a table of rows shows, where the head asks for it.
_COLUMNS = (
    "label_id", "class", "geometry", "ignored", "truncation", "occlusion", "distance_m",
)  # fmt: skip
UInt8Array = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Preview:
    """What a head says about one image or tick.

    Attributes:
        jpeg: drawn.
        rows: of targets, some columns, at most 500.
        count: of all rows.
        time_ns: of the image, or of the tick nearest to it.
        is_tick: whether it is from above, or of space, and not of the image.
    """

    jpeg: bytes
    rows: list[dict[str, Any]]
    count: int
    time_ns: int
    is_tick: bool


def preview_source(clip: Clip, label_sets: list[LabelSet]) -> ClipSource:
    """Return a clip with some label sets as they are now, at most one of each layer."""
    parts = tuple(Part(one, one.revision) for one in sorted(label_sets, key=lambda s: s.layer))
    return ClipSource(0, clip, parts)


def preview_make(
    source: ClipSource, *, camera: str, index: int, head: str, spec: TargetSpec
) -> Preview:
    """Return a head's targets over an image, made as an export makes them.

    Args:
        source: the clip whose image it is, and the labels.
        camera: whose image.
        index: its number among the camera's.
        head: the head's name.
        spec: of the head; what it samples doesn't matter.

    Raises:
        InvalidError: there is no such camera or image, or the head takes none of this camera.
    """
    time_ns, number = _image_time(source, camera, index)
    # One image is all there is: what the spec would pass over can be looked at as well.
    specs = TargetSpecs("preview", ((head, replace(spec, sampling=Sampling())),))
    colors = _colors(source.clip)
    with TemporaryDirectory(prefix="labelapp-preview-") as name:
        path = Path(name) / "piece.zip"
        folder = Path(name) / "files"
        projector = ClipProjector(source, specs)
        if not spec.has_images:
            tick_ns = _tick_near(source, time_ns)
            projector.make(TickChunk(0, 0, (tick_ns,)), path, progress=lambda _: None)
            _unpack(path, folder)
            return _of_tick(folder / head, tick_ns, colors, _classes(source, spec))
        if spec.cameras is not None and camera not in spec.cameras:
            raise _invalid("camera", f"one of the head's: {', '.join(spec.cameras)}", camera)
        image = source.images_of(number)[index]
        chunk = Chunk(source.camera(number), source.camera_folders[number], 0, (image,))
        projector.make(chunk, path, progress=lambda _: None)
        _unpack(path, folder)
        return _of_image(folder / head, chunk, _picture(source, camera, index), colors)


def _image_time(source: ClipSource, camera: str, index: int) -> tuple[int, int]:
    names = [one.name for one in source.manifest.cameras]
    if camera not in names:
        raise _invalid("camera", f"one of {', '.join(names)}", camera)
    number = names.index(camera)
    times = source.manifest.cameras[number].times_ns
    if not 0 <= index < len(times):
        raise _invalid("index", f"0 to {len(times) - 1}", str(index))
    return int(times[index]), number


def _invalid(field: str, expected: str, found: str) -> InvalidError:
    msg = f"{field}: expected {expected}, found '{found}'."
    return InvalidError(msg, details={"fields": {field: [msg]}})


def _tick_near(source: ClipSource, time_ns: int) -> int:
    ticks = [int(t) for t in source.manifest.ticks_ns if source.trajectory.covers(int(t), int(t))]
    if not ticks:
        raise _invalid("index", "a clip with ticks inside of its trajectory", "none")
    return min(ticks, key=lambda tick: abs(tick - time_ns))


def _colors(clip: Clip) -> dict[str, str]:
    ontology = ontology_current(clip.project)
    layers = ontology.body["layers"] if ontology else ()
    return {str(one["name"]): str(one["color"]) for layer in layers for one in layer["classes"]}


def _unpack(path: Path, folder: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        archive.extractall(folder)


def _picture(source: ClipSource, camera: str, index: int) -> Image.Image:
    number = source.manifest.camera_number(camera)
    spec = source.manifest.cameras[number].spec
    if not source.manifest.cameras[number].extensions[index]:
        return scaled_to(blank_picture(int(spec["width"]), int(spec["height"])), _WIDTH)
    file = image_file(source.clip, camera, index, is_thumbnail=False)
    with Image.open(io.BytesIO(read_all(clip_storage(), file.name))) as picture:
        return scaled_to(picture, _WIDTH)


def _of_image(
    folder: Path, chunk: Chunk, picture: Image.Image, colors: Mapping[str, str]
) -> Preview:
    file = table_file(chunk)
    rows = table_read((folder / chunk_files.TARGETS / file).read_bytes()).to_pylist()
    (image,) = table_read((folder / chunk_files.IMAGES / file).read_bytes()).to_pylist()
    for target in PICTURE_TARGETS:
        if image.get(target):
            picture = _over(picture, folder / image[target], target)
            break
    drawn = list(rows)
    for mask in image.get("semantic") or ():
        one = {"class": mask["class"], "mask_visible": mask["counts"]}
        drawn.append({**one, "width": image["width"], "height": image["height"]})
    shown = [{name: row[name] for name in _COLUMNS if name in row} for row in rows[:_MOST_ROWS]]
    jpeg = targets_drawn(picture, drawn, colors)
    return Preview(jpeg, shown, len(rows), int(image["time_ns"]), is_tick=False)


def _over(picture: Image.Image, path: Path, target: str) -> Image.Image:
    """Return a picture with one of the head's own over it, in colours."""
    values = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    if values is None:
        return picture
    if target in ("depth_picture", "range_picture"):
        colored = _depth_colored(values)
    else:
        colored = _numbers_colored(values.astype(np.int64))
    layer = Image.fromarray(colored).resize(picture.size, _NEAREST)
    inside = Image.fromarray(((values > 0) * 170).astype(np.uint8)).resize(picture.size, _NEAREST)
    return Image.composite(layer, picture, inside)


def _depth_colored(values: npt.NDArray[Any]) -> UInt8Array:
    """Return 1/256 m as colours: near is warm; every doubling of the way is a step."""
    metres = np.maximum(values / 256.0, 0.5)
    share = np.clip(np.log2(metres / 2.0) / 7.0, 0.0, 1.0)
    steps = np.round(255 * (1 - share)).astype(np.uint8)
    return np.asarray(cv2.applyColorMap(steps, cv2.COLORMAP_TURBO)[..., ::-1], dtype=np.uint8)


def _numbers_colored(numbers: npt.NDArray[np.int64]) -> UInt8Array:
    """Return a colour of its own for each number from 1; 0 and less is dark."""
    hue = (numbers * 47 % 180).astype(np.uint8)
    is_there = numbers > 0
    hsv = np.stack([hue, np.where(is_there, 170, 0), np.where(is_there, 235, 28)], axis=-1).astype(
        np.uint8
    )
    return np.asarray(cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB), dtype=np.uint8)


def _classes(source: ClipSource, spec: TargetSpec) -> list[str]:
    """Return what rasters number: the spec's classes, or those that occur, by name."""
    if spec.classes is not None:
        return [rule.name for rule in spec.classes]
    found = {spec.class_of_label(one.label, one.layer) for one in source.labels}
    return sorted(name for name in found if name is not None)


def _of_tick(
    folder: Path, time_ns: int, colors: Mapping[str, str], classes: Sequence[str]
) -> Preview:
    (tick,) = pq.read_table(folder / chunk_files.TICKS / "000000.parquet").to_pylist()
    with np.load(folder / tick["raster"]) as arrays:
        flat = _from_above({name: arrays[name] for name in arrays.files}, colors, classes)
    # Arrays are [x, y]; ahead is up, left is left.
    picture = Image.fromarray(np.ascontiguousarray(flat[::-1, ::-1]))
    factor = max(1, min(8, 900 // max(picture.size)))
    out = io.BytesIO()
    picture.resize((picture.width * factor, picture.height * factor), _NEAREST).save(
        out, "JPEG", quality=92
    )
    rows = [{"label_id": one["label_id"], "class": one["class"]} for one in tick["labels"]]
    return Preview(out.getvalue(), rows[:_MOST_ROWS], len(rows), time_ns, is_tick=True)


def _from_above(
    arrays: Mapping[str, npt.NDArray[Any]], colors: Mapping[str, str], classes: Sequence[str]
) -> UInt8Array:
    """Return a raster's colours: classes, how much of a column is occupied, or where it flows."""
    if "semantic" in arrays:
        semantic = arrays["semantic"]
        picture = np.full((*semantic.shape, 3), 17, dtype=np.uint8)
        for number, name in enumerate(classes):
            text = color_of(name, colors).lstrip("#")
            picture[semantic == number] = [int(text[at : at + 2], 16) for at in (0, 2, 4)]
        return picture
    if "state" in arrays:
        state = arrays["state"]
        occupied = (state == 2).sum(axis=2)
        picture = np.full((*occupied.shape, 3), 17, dtype=np.uint8)
        picture[(state == 1).any(axis=2)] = 60
        share = np.round(255 * np.clip(occupied / 8, 0, 1)).astype(np.uint8)
        warm = cv2.applyColorMap(share, cv2.COLORMAP_TURBO)[..., ::-1]
        picture[occupied > 0] = warm[occupied > 0]
        return picture
    flow, valid = arrays["flow_m"], arrays["flow_valid"]
    angle = np.arctan2(flow[..., 1], flow[..., 0])
    length = np.linalg.norm(flow, axis=-1)
    most = max(float(length[valid].max(initial=0.0)), 1e-9)
    hsv = np.stack(
        [
            np.round((angle / (2 * np.pi) % 1) * 179),
            np.full(angle.shape, 200),
            np.where(valid, 70 + 185 * np.clip(length / most, 0, 1), 17),
        ],
        axis=-1,
    ).astype(np.uint8)
    return np.asarray(cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB), dtype=np.uint8)
