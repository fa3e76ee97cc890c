"""Label sets of our own, ``labelapp-labels/1``: a JSON file a label set."""

from pathlib import PurePosixPath

from labelapp.imports.errors import ImportDefectError, defect
from labelapp.imports.files import Files
from labelapp.imports.reading import ClipGeometry, Reading, Recording
from projection.io import FormatError, read_label_set

_FORMAT = "labelapp-labels/1"


def recordings(files: Files) -> list[Recording]:
    """Return a recording for each file of labels; a clip folder's are the clip's of its name."""
    found = []
    for name in files.ending(".json"):
        if files.begins_with(name, _FORMAT.encode()):
            path = PurePosixPath(name)
            keys = [path.stem, *(part for part in path.parts[:-1] if part != "labels")]
            found.append(Recording(name, tuple(keys)))
    return found


def read(files: Files, recording: Recording, geometry: ClipGeometry) -> Reading:
    """Return the labels as they are: they are in the clip's world already."""
    del geometry
    document = files.json(recording.name)
    if not isinstance(document, dict):
        raise defect(recording.name, "an object", document)
    try:
        label_set = read_label_set(document, recording.name)
    except FormatError as error:
        msg = "\n".join(str(found) for found in error.defects[:20])
        raise ImportDefectError(msg, details={"file": recording.name}) from error
    labels = [dict(label.spec) for label in label_set.labels]
    return Reading(labels, layer=label_set.layer)
