"""ASAM OpenLABEL 1.0: a JSON file a clip, with things of every geometry.

Boxes stand in frames, what doesn't move in ``objects``. A place is given in some coordinate system:
the vehicle's, a sensor's on it, or the scene's, from which ``Frames`` leads to the clip's world.
Schema: https://openlabel.asam.net/V1-0-0/schema/openlabel_json_schema.json.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from labelapp.imports.errors import blaming
from labelapp.imports.files import Files
from labelapp.imports.formats.openlabel_frames import Frames
from labelapp.imports.formats.openlabel_placed import attributes_of, box_of, placed_label
from labelapp.imports.reading import ClipGeometry, Reading, Recording
from projection.labels import AttributeValue
from projection.sampled import Sampling, Seen, cuboids_of
from projection.spec import Fields

_ROOT = "openlabel"
_WITHIN_M = 1e-6
_FLAT = ("bbox", "rbbox", "poly2d", "area_reference", "line_reference", "image", "point2d")
_IMAGES = "boxes and lines in images: they say nothing of the world"
_OTHERS = "actions, events, contexts and relations"
_SECOND = "objects with several boxes in a frame: the first is taken"
_BARE = "objects without any place in the world"


def recordings(files: Files) -> list[Recording]:
    """Return a recording for each file."""
    found = []
    for name in files.ending(".json"):
        # Many files don't fit into memory together: each is read again when it is its turn.
        whole = _whole(files, name) if files.begins_with(name, b'"openlabel"') else None
        if whole is None:
            continue
        metadata = whole.get("metadata")
        known = metadata if isinstance(metadata, dict) else {}
        keys = (str(known.get("clip_id")), PurePosixPath(name).stem, str(known.get("name")))
        found.append(Recording(name, keys))
    return found


def _whole(files: Files, name: str) -> dict[str, Any] | None:
    document = files.json(name)
    whole = document.get(_ROOT) if isinstance(document, dict) else None
    return whole if isinstance(whole, dict) else None


def read(files: Files, recording: Recording, geometry: ClipGeometry) -> Reading:
    """Return a file's objects as labels in the world."""
    reading = Reading()
    name = recording.name
    with blaming(name):
        whole = Fields(_whole(files, name), "")
        objects = whole.child("objects") if whole.has("objects") else Fields({}, "")
        names = _names(objects)
        frames = Frames(whole, geometry, reading.report, name)
        for kind in ("actions", "events", "contexts", "relations"):
            reading.report[_OTHERS] += len(whole.values.get(kind) or ())
        seen = list(_seen(frames, objects, names, reading.report))
        sampling = Sampling(frames.times_ns, None, _WITHIN_M)
        reading.labels = cuboids_of(seen, sampling, reading.report)
        reading.labels += _placed(frames, objects, names, {box.track for box in seen}, reading)
    for sentence in [text for text, count in reading.report.items() if not count]:
        del reading.report[sentence]
    return reading


def _names(objects: Fields) -> dict[str, str]:
    """Return what labels are called: as the object, where no other one is, else by its key."""
    titles: dict[str, str] = {}
    for key, about in objects.values.items():
        title = about.get("name") if isinstance(about, Mapping) else None
        titles[key] = title if isinstance(title, str) and title.strip() else key
    counts = Counter(titles.values())
    return {key: title if counts[title] == 1 else key for key, title in titles.items()}


def _data(fields: Fields) -> Fields:
    return fields.child("object_data") if fields.has("object_data") else Fields({}, "")


def _lasting(objects: Fields, key: str, report: Counter[str]) -> dict[str, AttributeValue]:
    """Return the attributes that an object has in all frames."""
    return attributes_of(_data(objects.child(key)), report) if objects.has(key) else {}


def _seen(
    frames: Frames, objects: Fields, names: Mapping[str, str], report: Counter[str]
) -> Iterator[Seen]:
    lasting: dict[str, dict[str, AttributeValue]] = {}
    for frame in frames:
        inside = frame.fields.child("objects") if frame.fields.has("objects") else Fields({}, "")
        for key in inside.values:
            own = inside.child(key)
            data = _data(own)
            report[_IMAGES] += sum(len(data.values.get(kind) or ()) for kind in _FLAT)
            boxes = data.values.get("cuboid") or []
            if not isinstance(boxes, list):
                raise data.error("cuboid", "a list of cuboids")
            if not boxes:
                continue
            report[_SECOND] += len(boxes) > 1
            about = objects.child(key) if objects.has(key) else own
            if key not in lasting:
                lasting[key] = _lasting(objects, key, report)
            box = Fields(boxes[0], data.where, f"{data.prefix}cuboid[0].")
            pose, size = box_of(box)
            system = box.values.get("coordinate_system") or about.values.get("coordinate_system")
            world = frame.world_from(system, box)
            told = lasting[key] | attributes_of(data, report)
            if box.has("attributes"):
                told |= attributes_of(box.child("attributes"), report)
            yield Seen(
                names.get(key, key), about.text("type"), frame.time_ns, world @ pose, size, told
            )


def _placed(
    frames: Frames,
    objects: Fields,
    names: Mapping[str, str],
    boxed: set[str],
    reading: Reading,
) -> list[dict[str, Any]]:
    """Return the labels of what stands in ``objects`` alone."""
    found = []
    for key in objects.values:
        about = objects.child(key)
        data = _data(about)
        reading.report[_IMAGES] += sum(len(data.values.get(kind) or ()) for kind in _FLAT)
        if names[key] in boxed:
            continue
        label = placed_label(about, data, frames, reading.report)
        if label is None:
            reading.report[_BARE] += 1
            continue
        found.append({"id": names[key], "class": about.text("type"), **label})
    return found
