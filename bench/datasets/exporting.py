"""What exports to COCO and WebDataset take, in time and memory, by the product's own job.

``python -m bench datasets.exporting datasets.exporting_long datasets.exporting_whole``, or
``datasets.exporting_part`` for a quarter of the whole. Clips have 8 cameras with small JPEGs and 40
boxes each; the whole needs 15 GB of disk. ``python -m bench.datasets.exporting FEW MANY IMAGES``
prints the lines as JSON, of a new database in ``LABELAPP_DATA_DIR``; ``... FORMAT PROJECT`` exports
one project of it in a fresh process, and prints seconds and the peak of its memory.
"""

import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from bench.datasets.export_clips import CAMERAS, pictures_of, project_filled
from bench.peers import peer_python
from bench.table import Line, SkippedError, benchmark

_PEER = Path(__file__).with_name("peer_datumaro.py")
_DATUMARO = "datumaro==1.13.12"
#: Twenty times the clips may take a fifth more memory.
_MEMORY_BAR = 1.2
#: Datumaro holds all images that it writes in memory, and so do we what it is compared with.
_MOST_BESIDE_DATUMARO = 20_000
_ROUNDED_PX = 0.0101
#: Begins what is a line of the table.
_LINE = "line: "
_PARTS = ("all", "projecting", "writing", "hashing", "storing")


@benchmark("datasets.exporting", only_named=True)
def exporting() -> Iterator[Line]:
    """200 clips of a second: much is opened and closed for few images."""
    return _exporting(10, 200, 10)


@benchmark("datasets.exporting_long", only_named=True)
def exporting_long() -> Iterator[Line]:
    """As many images in 10 clips of 20 seconds."""
    return _exporting(2, 10, 200)


@benchmark("datasets.exporting_whole", only_named=True)
def exporting_whole() -> Iterator[Line]:
    """200 clips of 10 seconds: 160,000 images."""
    return _exporting(10, 200, 100)


@benchmark("datasets.exporting_part", only_named=True)
def exporting_part() -> Iterator[Line]:
    """A quarter of the whole: 50 clips of 10 seconds, 4 GB of disk."""
    return _exporting(10, 50, 100)


def _exporting(few: int, many: int, images: int) -> Iterator[Line]:
    """Rates beside a plain copy and Datumaro, and peaks of memory, of a service of its own."""
    with tempfile.TemporaryDirectory(prefix="labelapp-bench-") as folder:
        with subprocess.Popen(
            [sys.executable, "-m", "bench.datasets.exporting", *map(str, (few, many, images))],
            env={**os.environ, "LABELAPP_DATA_DIR": folder}, stdout=subprocess.PIPE, text=True,
        ) as run:  # fmt: skip
            assert run.stdout is not None
            for text in run.stdout:
                if text.startswith(_LINE):
                    yield Line(**json.loads(text.removeprefix(_LINE)))
        if run.returncode:
            msg = f"the exports ended with status {run.returncode}"
            raise RuntimeError(msg)


def _measure(few: int, many: int, images: int) -> None:
    from django.conf import settings

    from labelapp.common import embedded

    with embedded.in_use(settings.DATA_DIR):
        import django

        django.setup()
        from django.core.management import call_command
        from django.db import connections

        call_command("migrate", verbosity=0)
        projects = [project_filled(f"clips-{count}", count, images) for count in (few, many)]
        try:
            folder = Path(os.environ["LABELAPP_DATA_DIR"])
            for line in _measured(*projects, images * CAMERAS, folder):
                print(_LINE + json.dumps(asdict(line)), flush=True)
        finally:
            connections.close_all()


def _measured(few: Any, many: Any, images: int, folder: Path) -> Iterator[Line]:
    counts = many.clips.count(), few.clips.count()
    pictures = pictures_of(many)
    copies = {
        "copied": min(_plain_copy(pictures, folder / "copy") for _ in range(2)),
        "copied and hashed": min(
            _plain_copy(pictures, folder / "copy", hashlib.sha256()) for _ in range(2)
        ),
    }
    size, boxes = sum(path.stat().st_size for path in pictures), 0
    for name in ("coco", "webdataset"):
        small, big = _exported(name, few), _exported(name, many)
        if name == "coco":
            boxes = _occurrences(Path(big["file"]), b'"bbox":')
        yield from _rates(f"{name}, {counts[0]} clips", big, counts[0] * images, boxes)
        if name == "coco":
            yield from _beside_copies("projecting", big["seconds"]["projecting"], size, copies)
            beside = big if counts[0] * images <= _MOST_BESIDE_DATUMARO else small
            coco = json.loads(Path(beside["file"]).read_bytes())
            yield _beside_datumaro(coco, beside["seconds"]["writing"][1], folder)
            del coco
        else:
            yield from _beside_copies(
                "webdataset of what was projected", big["seconds"]["all"], size, copies
            )
        yield Line(
            f"{name}: peak memory, {counts[0]} clips beside {counts[1]}",
            f"{big['peak_mb']:.0f} MB",
            f"{small['peak_mb']:.0f} MB",
            big["peak_mb"] / small["peak_mb"],
            _MEMORY_BAR,
            at_least=False,
        )


def _beside_copies(
    name: str, ours: tuple[float, float], size: int, copies: dict[str, tuple[float, float]]
) -> Iterator[Line]:
    """Wall and CPU seconds beside those of one plain copy of the pictures, of ``size`` bytes."""
    wall_s, cpu_s = ours
    for what, (peer_wall_s, peer_cpu_s) in copies.items():
        yield Line(
            f"{name} beside the pictures {what}",
            f"{cpu_s:.2f} s",
            f"{peer_cpu_s:.2f} s",
            cpu_s / peer_cpu_s,
            note=f"of CPU, {size / 1e6:.0f} MB; wall seconds {wall_s:.1f} beside {peer_wall_s:.1f}",
        )


def _rates(name: str, found: dict[str, Any], images: int, boxes: int) -> Iterator[Line]:
    for part in _PARTS:
        wall_s, cpu_s = found["seconds"].get(part, (0.0, 0.0))
        if not wall_s:
            continue
        yield Line(
            f"{name}: {part}",
            f"{wall_s:.2f} s",
            note=f"{images / wall_s:,.0f} images, {boxes / wall_s:,.0f} boxes/s; {cpu_s:.2f} s of"
            f" CPU: {images / cpu_s:,.0f} images, {boxes / cpu_s:,.0f} boxes a CPU second",
        )


def _beside_datumaro(ours: dict[str, Any], ours_s: float, folder: Path) -> Line:
    """The same boxes from memory as COCO, beside ours from pieces in storage, in CPU seconds."""
    name = "coco: written beside Datumaro"
    classes = [category["name"] for category in ours["categories"]]
    images = {
        image["id"]: {
            "name": image["file_name"].removesuffix(".jpg"),
            "width": image["width"], "height": image["height"], "boxes": [],
        }
        for image in ours["images"]
    }  # fmt: skip
    for annotation in ours["annotations"]:
        row = [annotation["category_id"] - 1, *annotation["bbox"]]
        images[annotation["image_id"]]["boxes"].append(row)
    asked, out = folder / "boxes.json", folder / "datumaro"
    asked.write_text(json.dumps({"classes": classes, "images": list(images.values())}))
    try:
        python = peer_python("datumaro", [_DATUMARO])
    except SkippedError as reason:
        return Line(name, "skipped", note=str(reason))
    done = subprocess.run(
        [str(python), str(_PEER), str(asked), str(out)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        last = done.stderr.strip().splitlines()[-1]
        return Line(name, "skipped", note=f"Datumaro doesn't run: {last}")
    _, peer_s = json.loads(done.stdout.splitlines()[-1])
    theirs = json.loads((out / "annotations" / "instances_default.json").read_bytes())
    _check_same(_boxes_of(theirs), _boxes_of(ours))
    return Line(
        name,
        f"{ours_s:.2f} s",
        f"{peer_s:.2f} s",
        peer_s / ours_s,
        note=f"of CPU, the same {len(ours['annotations'])} boxes: ours from stored pieces,"
        " Datumaro's from memory",
    )


def _occurrences(path: Path, text: bytes) -> int:
    """Return how often a text without line ends occurs in a file that has many lines."""
    with path.open("rb") as file:
        return sum(line.count(text) for line in file)


def _check_same(theirs: list[tuple[Any, ...]], ours: list[tuple[Any, ...]]) -> None:
    """Fail unless both have the same boxes of the same images; Datumaro rounds to 0.01 px."""
    off = max(
        (
            abs(left - right)
            for one, other in zip(theirs, ours, strict=True)
            for left, right in zip(one[2:], other[2:], strict=True)
        ),
        default=0.0,
    )
    if [row[:2] for row in theirs] != [row[:2] for row in ours] or off > _ROUNDED_PX:
        msg = f"Datumaro wrote other boxes than ours: off by {off} px, or of other images"
        raise RuntimeError(msg)


def _boxes_of(coco: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Image, class and box of all annotations, image by image in the order they are in."""
    names = {image["id"]: image["file_name"].removesuffix(".jpg") for image in coco["images"]}
    classes = {category["id"]: category["name"] for category in coco["categories"]}
    rows = (
        (names[found["image_id"]], classes[found["category_id"]], *found["bbox"])
        for found in coco["annotations"]
    )
    return sorted(rows, key=lambda row: row[0])


def _plain_copy(paths: list[Path], target: Path, digest: Any = None) -> tuple[float, float]:
    """Wall and CPU seconds to copy files into one, hash them if asked to, and sync it."""
    before, cpu_before = time.perf_counter(), time.process_time()
    with target.open("wb") as out:
        for path in paths:
            content = path.read_bytes()
            out.write(content)
            if digest is not None:
                digest.update(content)
        out.flush()
        os.fsync(out.fileno())
    taken = time.perf_counter() - before, time.process_time() - cpu_before
    target.unlink()
    return taken


def _exported(name: str, project: Any) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "bench.datasets.exporting", name, project.slug],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


class _Clock:
    """Wall and CPU seconds by part."""

    def __init__(self) -> None:
        self.seconds: dict[str, tuple[float, float]] = {}

    def of(self, part: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return a function that does the same, and adds up what it takes."""

        def run(*args: Any, **kwargs: Any) -> Any:
            wall_s, cpu_s = time.perf_counter(), time.process_time()
            try:
                return function(*args, **kwargs)
            finally:
                wall, cpu = self.seconds.get(part, (0.0, 0.0))
                taken = time.perf_counter() - wall_s, time.process_time() - cpu_s
                self.seconds[part] = wall + taken[0], cpu + taken[1]

        return run


def main() -> int:
    """Measure all, or export a project."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "labelapp.config.settings")
    arguments = sys.argv[1:]
    if len(arguments) == 2:
        _export(*arguments)
    else:
        _measure(*map(int, arguments))
    return 0


def _export(name: str, slug: str) -> None:
    """Export a project, and print what that took."""
    import django

    django.setup()
    from labelapp.common import jobs
    from labelapp.datasets import building
    from labelapp.datasets import jobs as _jobs  # noqa: F401  says what to do for the job
    from labelapp.datasets.formats import FORMATS
    from labelapp.datasets.services import export_create
    from labelapp.datasets.storage import export_storage
    from labelapp.projects.models import Project

    clock = _Clock()
    for module, function, part in (
        (building, "pieces_make", "projecting"),
        (building, "_described", "hashing"),
        (building, "move_file", "storing"),
    ):
        setattr(module, function, clock.of(part, getattr(module, function)))
    format_ = FORMATS[name]
    FORMATS[name] = replace(format_, write=clock.of("writing", format_.write))
    export = export_create(
        actor=None, project=Project.objects.get(slug=slug), clip_ids=None, layer="objects",
        source="human", formats=[name], spec={"kind": "objects2d"}, send=False,
    )  # fmt: skip
    clock.of("all", jobs.run)(export.job_id)
    export.refresh_from_db()
    if not export.files:
        raise SystemExit(f"the export {export.job.state}: {export.job.message}")
    path = export_storage().path(f"{export.files_prefix}/{export.files[0]['name']}")
    print(json.dumps({"seconds": clock.seconds, "peak_mb": _peak_mb(), "file": path}))


def _peak_mb() -> float:
    """Return the most memory that this process has had at a time."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


if __name__ == "__main__":
    raise SystemExit(main())
