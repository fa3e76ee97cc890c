"""Labels of other formats: sending their files, looking at what is in them, importing them."""

import hashlib
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from labelapp.client.errors import SettingError
from labelapp.client.labels import LabelSet
from labelapp.client.transport import Transport
from labelapp.client.waiting import Progress, silent, wait_for

#: What formats keep labels, calibrations and poses in; pictures and sweeps beside them stay here.
_ENDS = (".json", ".txt", ".csv", ".feather", ".parquet", ".tar", ".yaml")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What becomes of files of labels; ``docs/formats.md`` says more.

    Attributes:
        format: Such as ``nuscenes``; empty: the server finds out.
        clip_id: Which clip they are of; None: as they say.
        recording: Which of the files' recordings; empty: all that are of a clip.
        layer: Of the ontology; empty: as the files say, else ``objects``.
        source: ``import``, ``model``, ``gold`` or ``simulation``.
        name: Of the label sets.
        classes: What classes of the files become; None: left out.
        keep_classes: Whether classes that the ontology doesn't know keep their names.
        camera: Which of the clip's cameras took KITTI's images.
        rate_hz: Of KITTI's frames, where they have no times.
    """

    format: str = ""
    clip_id: str | None = None
    recording: str = ""
    layer: str = ""
    source: str = "import"
    name: str = ""
    classes: Mapping[str, str | None] = field(default_factory=dict)
    keep_classes: bool = False
    camera: str = ""
    rate_hz: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return it as the server takes it."""
        names = self.__dataclass_fields__
        said = {name: getattr(self, name) for name in names}
        return {**said, "classes": dict(self.classes)}


@dataclass(frozen=True, slots=True)
class ImportedLabels:
    """What was found in files of labels, and what was made of it.

    Attributes:
        report: ``format``, ``recordings``, ``others``, ``classes``, ``is_ready``.
        label_sets: Those that were made, or were there with the same labels; none after a look.
    """

    report: Mapping[str, Any]
    label_sets: tuple[LabelSet, ...]


def labels_import(
    transport: Transport,
    slug: str,
    path: Path,
    wanted: Wanted,
    *,
    dry_run: bool = False,
    timeout_s: float | None = None,
    progress: Progress = silent,
) -> ImportedLabels:
    """Send files of labels and have them imported; of a folder, without pictures and sweeps.

    Raises:
        SettingError: There is nothing to send.
        JobFailedError: The server refused it; the sentence names file, row, field, expected, found.
    """
    name = f"{path.resolve().name}.zip" if path.is_dir() else path.name
    with _packed(path) if path.is_dir() else _opened(path) as file:
        return _send(transport, slug, (name, file), wanted, (dry_run, timeout_s, progress))


def _opened(path: Path) -> IO[bytes]:
    try:
        return path.open("rb")
    except OSError as error:
        msg = f"{path}: expected a folder or a file, found none ({error.strerror or error})."
        raise SettingError(msg) from error


def _packed(folder: Path) -> IO[bytes]:
    names = sorted(p for p in folder.rglob("*") if p.is_file() and p.suffix in _ENDS)
    if not names:
        msg = f"{folder}: expected files of labels ({', '.join(_ENDS)}), found none."
        raise SettingError(msg)
    target = tempfile.TemporaryFile()  # noqa: SIM115  the caller closes it
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in names:
            archive.write(path, path.relative_to(folder).as_posix())
    return target


def _send(
    transport: Transport,
    slug: str,
    sent: tuple[str, IO[bytes]],
    wanted: Wanted,
    how: tuple[bool, float | None, Progress],
) -> ImportedLabels:
    name, file = sent
    dry_run, timeout_s, progress = how
    size = file.seek(0, 2)
    if not size:
        msg = f"{name}: expected a file of labels, found an empty one."
        raise SettingError(msg)
    about = {"file_name": name, "size": size}
    made = transport.json("POST", f"api/projects/{slug}/label-imports", about)
    place = f"api/label-imports/{made['id']}"
    try:
        _send_parts(transport, place, made, file, progress)
        body = {**wanted.to_dict(), "dry_run": dry_run}
        transport.json("POST", f"{place}/run", body)

        def tell(answer: dict[str, Any]) -> None:
            progress(answer["message"] or answer["state"], answer["done"], answer["total"])

        done = wait_for(
            lambda: transport.json("GET", place),
            tell,
            timeout_s=timeout_s,
            what=f"Importing {name}",
            sleep=transport.patience.sleep,
        )
        sets = [transport.json("GET", f"api/label-sets/{one}") for one in done["label_sets"]]
    finally:
        # Parts are of no use any more; who waited in vain has the job go on without them.
        if timeout_s is None:
            transport.json("DELETE", place)
    return ImportedLabels(done["report"], tuple(LabelSet.of(transport, one) for one in sets))


def _send_parts(
    transport: Transport, place: str, made: Mapping[str, Any], file: IO[bytes], progress: Progress
) -> None:
    file.seek(0)
    for number in range(made["part_count"]):
        content = file.read(made["part_bytes"])
        headers = {
            "Content-Type": "application/octet-stream",
            "X-Content-SHA256": hashlib.sha256(content).hexdigest(),
        }
        transport.send("PUT", f"{place}/parts/{number}", content, headers)
        progress("sending", number + 1, made["part_count"])
