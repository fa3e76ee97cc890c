"""`python -m simulation OUT`: write a simulated clip."""

from __future__ import annotations

import argparse
import sys
import time

from tqdm import tqdm

from simulation.clip import make_clip
from simulation.recording import ClipOptions


def _parser() -> argparse.ArgumentParser:
    defaults = ClipOptions()
    parser = argparse.ArgumentParser(prog="python -m simulation", description=__doc__)
    parser.add_argument("out", help="the clip's folder: new or empty")
    parser.add_argument(
        "--seed", type=int, default=defaults.seed, help="another seed, another street"
    )
    parser.add_argument("--ticks", type=int, default=defaults.ticks, help="steps of the timeline")
    parser.add_argument(
        "--tick-s", type=float, default=defaults.tick_s, help="seconds from step to step"
    )
    parser.add_argument(
        "--width", type=int, default=480, help="columns of the main camera's pictures"
    )
    parser.add_argument("--moving", type=int, default=defaults.moving, help="how many things move")
    parser.add_argument(
        "--threads", type=int, default=defaults.threads, help="pictures made at once"
    )
    parser.add_argument(
        "--truth", action="store_true", help="instance pictures and ranges, in truth/"
    )
    parser.add_argument(
        "--no-pictures", action="store_true", help="labels and times only: empty paths"
    )
    parser.add_argument("--no-sweeps", action="store_true", help="no lidar")
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Write the clip, with a progress bar, and say what was written; return the exit status."""
    asked = _parser().parse_args(arguments)
    bar = tqdm(unit="file", disable=None, leave=False)

    def progress(done: int, total: int) -> None:
        bar.total = total
        bar.update(done - bar.n)

    began = time.monotonic()
    try:
        options = ClipOptions(
            seed=asked.seed,
            ticks=asked.ticks,
            tick_s=asked.tick_s,
            moving=asked.moving,
            threads=asked.threads,
            truth=asked.truth,
            pictures=not asked.no_pictures,
            sweeps=not asked.no_sweeps,
        )
        summary = make_clip(asked.out, options=options, width=asked.width, progress=progress)
    except (ValueError, OSError) as error:
        bar.close()
        sys.stderr.write(f"{error}\n")
        return 1
    bar.close()
    sys.stdout.write(
        f"{summary.path}: {summary.images} images ({summary.pictures} pictures), "
        f"{summary.sweeps} sweeps, "
        f"{summary.object_labels} object and {summary.road_labels} road labels, "
        f"{summary.duration_s:.1f} s, made in {time.monotonic() - began:.1f} s\n"
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
