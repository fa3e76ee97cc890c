"""The standard clip, camera by camera, or all of it.

``python -m bench.projection.standard`` makes a spread sample of each camera's images in this
process and prints processor milliseconds an image: finding what is near (``look``), and making the
targets (``make``). ``--whole`` runs the command itself on all 17,280
images with two workers, and prints how long that took and the largest worker's peak memory.
"""

import argparse
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from bench.projection.clip_whole import standard_clip
from projection.batch.images import ImageMaker
from projection.batch.label_table import label_table
from projection.batch.plan import chunks_of
from projection.batch.scene import look
from projection.io import ClipFolder
from projection.target_spec import TargetSpec

ROOT = Path(__file__).resolve().parents[2]
#: Every so many chunks of a camera, and images of a chunk, are made.
_CHUNKS, _IMAGES = 12, 8
_WORKERS = 2


def sample(clip: ClipFolder, spec: TargetSpec) -> None:
    """Print a line for each camera, and the mean of all."""
    table = label_table(clip.label_sets)
    chunks = chunks_of(clip, spec)
    print(f"{'camera':16}{'lens':16}{'shutter':16}" + "".join(
        f"{name:>10}" for name in ("images", "labels", "look ms", "make ms")
    ))  # fmt: skip
    total = []
    for camera in clip.cameras:
        own = [chunk for chunk in chunks if chunk.camera.name == camera.name][3::_CHUNKS]
        parts = [replace(chunk, images=chunk.images[::_IMAGES], shares=()) for chunk in own]
        maker = ImageMaker(table, spec)
        for seen in look(table, parts[0], clip.trajectory)[:3]:
            maker.make(seen)
        start = time.process_time()
        sights = [seen for part in parts for seen in look(table, part, clip.trajectory)]
        looked = time.process_time() - start
        start = time.process_time()
        rows = sum(len(maker.make(seen).labels) for seen in sights)
        made = time.process_time() - start
        count = len(sights)
        total.append((looked / count, made / count))
        shutter = camera.shutter.direction if camera.shutter.is_rolling else "global"
        figures = "".join(f"{1e3 * value:10.2f}" for value in total[-1])
        model = type(camera.lens).__name__
        print(f"{camera.name:16}{model:16}{shutter:16}{count:10}{rows / count:10.1f}{figures}")
    print(f"{'mean':68}" + "".join(f"{1e3 * value:10.2f}" for value in np.mean(total, axis=0)))


def whole(clip: ClipFolder) -> None:
    """Run the command on all of it."""
    out = Path(tempfile.mkdtemp(prefix="labelapp-bench-whole-"))
    try:
        start = time.perf_counter()
        command = [sys.executable, "-m", "projection", str(clip.path), "--out", str(out)]
        subprocess.run([*command, "--quiet", "--workers", str(_WORKERS)], cwd=ROOT, check=True)
        taken = time.perf_counter() - start
    finally:
        shutil.rmtree(out, ignore_errors=True)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10
    images = len(clip.images)
    print(f"{images} images in {taken:.1f} s with {_WORKERS} workers, "
          f"{taken / images * _WORKERS * 1e3:.2f} ms each a worker; peak {peak} MiB")  # fmt: skip


def main() -> None:
    """Print what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--whole", action="store_true", help="run all of it, by the command")
    asked = parser.parse_args()
    clip = standard_clip()
    if asked.whole:
        whole(clip)
    else:
        sample(clip, TargetSpec())


if __name__ == "__main__":
    main()
