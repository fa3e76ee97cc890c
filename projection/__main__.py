"""`python -m projection CLIP LABELS... --out DIR`: a clip's labels as targets in all its images."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np

from projection.io.clip_folder import ClipFolder, read_clip_folder
from projection.io.errors import FormatError
from projection.io.label_set import read_label_set
from projection.labels import LabelSet
from projection.scene import Cloud, Mesh
from projection.spec import SpecError
from projection.target_spec import ALL_TARGETS, TargetSpec, TargetSpecs, read_target_specs

#: Exit status for input that isn't right, and for a run that was stopped.
WRONG, STOPPED = 2, 130
_MOST_SPACING_M = 100.0


class _InputError(Exception):
    """The arguments don't go together."""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m projection",
        description="Project the labels of a clip into all its images, as targets to train on. "
        "What is in DIR already, and right, is kept.",
        epilog="Targets: " + ", ".join(ALL_TARGETS) + ".",
    )
    parser.add_argument("clip", type=Path, help="the clip's folder, or its clip.json")
    parser.add_argument(
        "labels",
        type=Path,
        nargs="*",
        help="label sets (labelapp-labels/1); without any, those in the clip's folder",
    )
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="where files go")
    parser.add_argument(
        "--spec", type=Path, help="target spec (JSON or YAML); without one, all of a label"
    )
    parser.add_argument(
        "--mesh", type=Path, help="surface of the world that hides labels (.ply, .obj)"
    )
    parser.add_argument(
        "--cloud", type=Path, help="points of the world that hide labels (as sweeps' files)"
    )
    parser.add_argument(
        "--cloud-spacing",
        type=float,
        default=0.1,
        metavar="M",
        help="distance between the cloud's points: how wide each is drawn (0.1)",
    )
    parser.add_argument(
        "--workers", type=int, help="processes; without it, as many as there are processors"
    )
    parser.add_argument(
        "--format",
        choices=("parquet", "coco"),
        default="parquet",
        help="coco: a COCO file beside the Parquet files",
    )
    parser.add_argument("--quiet", action="store_true", help="no progress bar and no report")
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Project a clip; returns the exit status."""
    asked = _parser().parse_args(arguments)
    try:
        return _run(asked)
    except FormatError as error:
        _complain([str(error)])
    except (SpecError, _InputError) as error:
        _complain([str(error)])
    except OSError as error:
        _complain([f"{error.filename or asked.out}: {error.strerror or error}"])
    except KeyboardInterrupt:
        _complain(["stopped; the same command goes on where this one was"])
        return STOPPED
    return WRONG


def _complain(sentences: list[str]) -> None:
    for sentence in sentences:
        sys.stderr.write(f"{sentence}\n")


def _run(asked: argparse.Namespace) -> int:
    if asked.workers is not None and asked.workers < 1:
        message = f"--workers: expected at least 1, found {asked.workers}"
        raise _InputError(message)
    spec = _spec(asked.spec)
    clip, label_sets = _inputs(asked)
    mesh, cloud = _scenery(asked)
    # Kernels and Arrow take a moment to load: wrong input is told before.
    from projection.batch import coco  # noqa: PLC0415
    from projection.batch.pool import WorkerLostError  # noqa: PLC0415
    from projection.batch.run import project_clip  # noqa: PLC0415

    if asked.format == "coco":
        coco.check(spec)
    bar, tell = _progress(quiet=asked.quiet)
    try:
        report = project_clip(
            clip,
            label_sets,
            spec,
            asked.out,
            workers=asked.workers,
            progress=tell,
            mesh=mesh,
            cloud=cloud,
        )
    except WorkerLostError as error:
        _complain([str(error)])
        return 1
    finally:
        bar()
    if asked.format == "coco":
        coco.write(asked.out, spec)
    if not asked.quiet:
        sys.stdout.write("\n".join(report.lines()) + "\n")
    return 0


def _spec(path: Path | None) -> TargetSpecs:
    return TargetSpecs.of(TargetSpec()) if path is None else read_target_specs(path)


def _inputs(asked: argparse.Namespace) -> tuple[ClipFolder, list[LabelSet]]:
    folder = asked.clip.parent if asked.clip.name == "clip.json" else asked.clip
    clip = read_clip_folder(folder)
    label_sets = [read_label_set(path, str(path)) for path in asked.labels]
    if not asked.labels:
        label_sets = list(clip.label_sets)
    if not label_sets:
        message = f"{folder}/labels: expected label sets, found none: name some"
        raise _InputError(message)
    return clip, label_sets


def _scenery(asked: argparse.Namespace) -> tuple[Mesh | None, Cloud | None]:
    """What stands around, from the files that were named."""
    from projection.io.mesh import read_mesh  # noqa: PLC0415
    from projection.io.sweeps import read_sweep  # noqa: PLC0415

    if not 0.0 <= asked.cloud_spacing <= _MOST_SPACING_M:
        found = f"{asked.cloud_spacing:g}"
        message = f"--cloud-spacing: expected 0 to {_MOST_SPACING_M:g} m, found {found}"
        raise _InputError(message)
    mesh = read_mesh(asked.mesh, str(asked.mesh)) if asked.mesh is not None else None
    if asked.cloud is None:
        return mesh, None
    points = read_sweep(asked.cloud, name=str(asked.cloud)).positions_m
    return mesh, Cloud(points[np.isfinite(points).all(axis=1)], asked.cloud_spacing)


def _progress(*, quiet: bool) -> tuple[Callable[[], None], Callable[[int, int], None]]:
    """How to end the bar, and how to tell it what is done."""
    from tqdm import tqdm  # noqa: PLC0415

    # Its monitor is a thread, which the workers' processes must not be forked beside.
    tqdm.monitor_interval = 0
    bar = tqdm(unit=" images", disable=True if quiet else None, leave=False, smoothing=0.1)

    def tell(done: int, total: int) -> None:
        bar.total = total
        bar.update(done - bar.n)

    return bar.close, tell


if __name__ == "__main__":
    raise SystemExit(main())
