"""Freezing a version of 200 clips with 60 moving labels each, and what comes around it.

``python -m bench datasets.freezing``; ``python -m bench.datasets.freezing`` alone prints seconds as
JSON, of a new database in ``LABELAPP_DATA_DIR``. Wall times, and CPU times of this process.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any

from bench.table import Line, benchmark

CLIPS, LABELS, KEYFRAMES = 200, 60, 12
CAMERAS, IMAGES = 8, 100
#: Asked for by the product's bars.
BAR_S = 5.0


@benchmark("datasets.freezing", only_named=True)
def freezing() -> Iterator[Line]:
    """A version of 200 clips within the bar."""
    with tempfile.TemporaryDirectory(prefix="labelapp-bench-") as folder:
        environment = {**os.environ, "LABELAPP_DATA_DIR": folder}
        done = subprocess.run(
            [sys.executable, "-m", "bench.datasets.freezing"],
            env=environment, check=True, capture_output=True, text=True,
        )  # fmt: skip
    for name, (wall_s, cpu_s) in json.loads(done.stdout.splitlines()[-1]).items():
        yield Line(
            f"{CLIPS} clips, {CLIPS * LABELS:,} labels: {name}",
            f"{wall_s:.2f} s",
            f"{BAR_S:.0f} s",
            ratio=wall_s / BAR_S,
            bar=1.0,
            at_least=False,
            note=f"{cpu_s:.2f} s of CPU in our process",
        )


def main() -> int:
    """Make the clips' rows, freeze them, print seconds by name."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "labelapp.config.settings")
    import django
    from django.conf import settings

    from labelapp.common import embedded

    with embedded.in_use(settings.DATA_DIR):
        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        print(json.dumps(_measure(_filled())))
    return 0


def _filled() -> Any:
    """A project with labelled clips, as rows only: freezing reads no file."""
    from labelapp.clips.models import Clip
    from labelapp.labels.models import LabelEvent, LabelSet
    from labelapp.projects.models import Project

    project = Project.objects.create(slug="a", name="A")
    clips = Clip.objects.bulk_create(
        Clip(
            project=project, name=f"clip {number}", content_hash=uuid.uuid4().hex * 2,
            calibration_hash=uuid.uuid4().hex * 2, storage_prefix=uuid.uuid4().hex,
            start_ns=number * 10**10, end_ns=(number + 1) * 10**10, camera_count=CAMERAS,
            image_count=CAMERAS * IMAGES, picture_count=CAMERAS * IMAGES, sweep_count=IMAGES,
            tick_count=IMAGES, stored_bytes=1, attributes={"trip": f"trip {number // 5}"},
            origin={"latitude_deg": 48 + number / 1e3, "longitude_deg": 11.0, "altitude_m": None},
        )
        for number in range(CLIPS)
    )  # fmt: skip
    sets = LabelSet.objects.bulk_create(
        LabelSet(clip=clip, layer="objects", source="human", revision=1) for clip in clips
    )
    for label_set in sets:
        LabelEvent.objects.bulk_create(
            LabelEvent(
                label_set=label_set, revision=1, position=number, batch_id=label_set.pk,
                operation_id=uuid.uuid4(), kind="put", label_id=f"label-{number}", version=1,
                body=_label(number),
            )
            for number in range(LABELS)
        )  # fmt: skip
    return project


def _label(number: int) -> dict[str, Any]:
    keyframes = [
        {
            "time_ns": str(step * 10**9),
            "position_m": [5.0 * number + 1.5 * step, 3.5 * (number % 4), 0.8],
            "quat_xyzw": [0.0, 0.0, 0.0, 1.0],
        }
        for step in range(KEYFRAMES)
    ]
    return {
        "id": f"label-{number}", "class": ("car", "van", "pedestrian")[number % 3],
        "geometry": "cuboid", "attributes": {"parked": False}, "static": False,
        "size_m": [4.5, 1.8, 1.6], "interpolation": "linear", "keyframes": keyframes,
    }  # fmt: skip


def _measure(project: Any) -> dict[str, tuple[float, float]]:
    from labelapp.datasets.versions.comparing import versions_compare
    from labelapp.datasets.versions.freezing import Asked, selection_of, version_freeze
    from labelapp.datasets.versions.managing import dataset_create

    query = {"layers": ["objects"], "classes": ["car"]}
    split = {"shares": {"train": 0.8, "val": 0.1, "test": 0.1}, "by": "trip"}
    dataset = dataset_create(actor=None, project=project, name="streets")
    asked = {"query": query, "split": split, "spec": None}
    versions = []

    def freeze(**changed: Any) -> None:
        versions.append(version_freeze(actor=None, dataset=dataset, **(asked | changed), note=""))

    found = {
        "preview": _taken(lambda: selection_of(Asked.of(None, project, **asked))),
        "freeze": _taken(freeze),
        "freeze, classes spread": _taken(lambda: freeze(split=split | {"stratify": "class"})),
    }
    found["compare two versions"] = _taken(lambda: versions_compare(versions[0], versions[1]))
    return found


def _taken(run: Callable[[], object]) -> tuple[float, float]:
    """Seconds, and of these the CPU's in this process."""
    before, cpu_before = time.perf_counter(), time.process_time()
    run()
    return time.perf_counter() - before, time.process_time() - cpu_before


if __name__ == "__main__":
    raise SystemExit(main())
