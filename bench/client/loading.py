"""Feeding a training loop: our loader beside bare ``webdataset``, with the same decoder.

Both read the same shards of 320 x 240 JPEG pictures in two processes. Ours gives windows of eight
steps of eight cameras with a head's boxes as arrays; the peer only tars and pictures.
"""

import io
import json
import multiprocessing
import tarfile
import tempfile
import time
from collections.abc import Callable, Iterator
from multiprocessing.synchronize import Barrier
from pathlib import Path

import cv2
import numpy as np

from bench.table import Line, SkippedError, benchmark
from labelapp.client.training import BatchSampler, ClipDataset, ShardStore, Share, Window
from labelapp.client.training.decoding import decode_picture

_PROCESSES = 2
_CLIPS, _CAMERAS, _STEPS = 4, 8, 64
_REPEATS = 5
_BAR = 0.9
_RATE_BAR = 2000.0


@benchmark("client.loading")
def loading() -> Iterator[Line]:
    """Images a second, as a share of what the peer does in the same minutes."""
    try:
        import webdataset as _webdataset  # noqa: F401
    except ImportError as error:
        msg = "webdataset is not installed"
        raise SkippedError(msg) from error
    with tempfile.TemporaryDirectory(prefix="labelapp-bench-") as name:
        shards = _write_shards(Path(name))
        # In turns, so that what else the machine does disturbs both.
        runs = [(_rate(_ours, shards), _rate(_peers, shards)) for _ in range(_REPEATS)]
    ours, peers = (max(run[place] for run in runs) for place in range(2))
    yield Line(
        "training loader, 320x240 JPEG, 2 processes",
        f"{ours:,.0f} images/s",
        f"webdataset {peers:,.0f} images/s",
        max(ours / peers / _BAR, ours / _RATE_BAR),
        1.0,
        note=f"{ours / peers:.2f} of the peer; the bar is {_BAR} of it, or {_RATE_BAR:,.0f}/s",
    )


def _ours(shards: list[Path], process: int) -> int:
    window = Window(steps=8)
    dataset = ClipDataset(ShardStore(shards), window, heads=["cars"], classes={"cars": ["car"]})
    count = 0
    for batch in BatchSampler(len(dataset), 1, seed=1, share=Share(process, _PROCESSES)):
        for index in batch:
            count += int(dataset[index]["has_image"].sum())
    return count


def _peers(shards: list[Path], process: int) -> int:
    import webdataset

    own = [str(path) for path in shards[process::_PROCESSES]]
    about = {"width": 320, "height": 240}
    count = 0
    for sample in webdataset.WebDataset(own, shardshuffle=False):
        decode_picture(sample["jpg"], about, None)
        count += 1
    return count


def _rate(read: Callable[[list[Path], int], int], shards: list[Path]) -> float:
    """Return images a second of all processes together, their start left aside."""
    context = multiprocessing.get_context("fork")
    barrier, counts = context.Barrier(_PROCESSES + 1), context.Queue()

    def work(process: int, barrier: Barrier) -> None:
        cv2.setNumThreads(0)
        barrier.wait()
        counts.put(read(shards, process))

    started = [context.Process(target=work, args=(n, barrier)) for n in range(_PROCESSES)]
    for one in started:
        one.start()
    barrier.wait()
    began = time.perf_counter()
    total = sum(counts.get() for _ in started)
    taken = time.perf_counter() - began
    for one in started:
        one.join()
    return total / taken


def _write_shards(folder: Path) -> list[Path]:
    """Write a shard for each clip: noise that is as smooth as a street, ten boxes an image."""
    rng = np.random.default_rng(1)
    paths = []
    for clip in range(_CLIPS):
        paths.append(folder / f"train-{clip:06d}.tar")
        with tarfile.open(paths[-1], "w", format=tarfile.GNU_FORMAT) as archive:
            for camera in range(_CAMERAS):
                for step in range(_STEPS):
                    key = f"clip{clip}/camera{camera}/{step * 100_000_000 + 1}"
                    for part, content in _sample(rng):
                        info = tarfile.TarInfo(f"{key}.{part}")
                        info.size = len(content)
                        archive.addfile(info, io.BytesIO(content))
    return paths


def _sample(rng: np.random.Generator) -> Iterator[tuple[str, bytes]]:
    coarse = rng.integers(0, 255, (30, 40, 3), dtype=np.uint8)
    pixels = cv2.resize(coarse, (320, 240), interpolation=cv2.INTER_CUBIC)
    pixels = cv2.add(pixels, rng.integers(0, 12, pixels.shape, dtype=np.uint8))
    yield "jpg", cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, 90])[1].tobytes()
    params = {"fx": 200.0, "fy": 200.0, "cx": 159.5, "cy": 119.5}
    pose = {"position_m": [1.0, 0.0, 1.5], "quat_xyzw": [-0.5, 0.5, -0.5, 0.5]}
    spec = {"name": "a", "model": "pinhole", "params": params, "ego_from_camera": pose}
    about = {"width": 320, "height": 240, "camera_spec": spec, "world_from_ego": pose}
    yield "json", json.dumps(about).encode()
    boxes = [f"{box}_{corner}_px" for box in ("box_full", "box_clipped", "box_visible")
             for corner in ("u0", "v0", "u1", "v1")]  # fmt: skip
    rows = [
        {"label_id": str(n), "class": "car", "track": n, "ignored": False, "attributes": {},
         "truncation": 0.0, "occlusion": 0.2, "distance_m": 20.0}
        | dict(zip(boxes, rng.uniform(0, 240, len(boxes)).tolist(), strict=True))
        for n in range(10)
    ]  # fmt: skip
    yield "cars.json", json.dumps({"targets": rows}).encode()
