"""2D boxes of cuboids beside the nuScenes devkit's own loop."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from bench.peers import peer_python
from bench.projection.raster_scene import boxes, view
from bench.table import Line, SkippedError, benchmark, best_s
from projection.batch.kernels import CLIPPED, NUMBERS, THERE
from projection.batch.pinhole_boxes import pinhole_boxes
from projection.cones import LIMIT_SHARE, cone_cosine
from projection.kernels import pack
from projection.kernels.boxes import FACES, SILHOUETTES
from projection.rigid import conjugate, multiply, rotate
from projection.tracks import corners

_PEER = Path(__file__).with_name("peer_nuscenes.py")
_COUNT = 400
_REQUIREMENTS = [
    "numpy<2", "matplotlib", "pyquaternion", "shapely", "opencv-python-headless", "pillow",
    "tqdm", "scikit-learn", "cachetools", "pycocotools",
]  # fmt: skip


@benchmark("boxes")
def boxes_beside_nuscenes() -> Iterator[Line]:
    """The same boxes of one pinhole picture; those wholly in front must come out the same."""
    here, table = view("pinhole"), boxes(_COUNT)
    camera, quat = here.camera, conjugate(here.world_from_camera.quat_xyzw)
    local = table["centers_m"] - here.origin_m
    now = corners(local, table["quats_xyzw"], table["sizes_m"])
    moving = np.concatenate([now, np.zeros_like(now)], axis=2)
    packed = pack.pack_lens(camera), pack.pack_frame(here), pack.pack_poses(here)
    limit = cone_cosine(camera.limit_rad * LIMIT_SHARE)
    outcome, numbers = np.empty(_COUNT, dtype=np.uint8), np.full((_COUNT, NUMBERS), np.nan)

    def ours() -> None:
        for _ in range(100):
            pinhole_boxes(packed, moving, limit, (SILHOUETTES, FACES), False, outcome, numbers)

    ours_s = best_s(ours) / 100 / _COUNT
    lens = camera.lens
    shift = 0.5  # nuScenes counts pixels from the picture's corner
    request = {
        "centers_m": rotate(quat, local).tolist(),
        "sizes_wlh_m": table["sizes_m"][:, [1, 0, 2]].tolist(),
        "quats_wxyz": multiply(quat, table["quats_xyzw"])[:, [3, 0, 1, 2]].tolist(),
        "intrinsic": [[lens.fx, 0, lens.cx + shift], [0, lens.fy, lens.cy + shift], [0, 0, 1]],
        "size": [camera.width, camera.height],
    }
    python = peer_python("nuscenes", _REQUIREMENTS, without_dependencies=["nuscenes-devkit==1.2.0"])
    done = subprocess.run(
        [str(python), str(_PEER)], input=json.dumps(request), capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    if done.returncode:
        raise SkippedError(f"nuscenes-devkit doesn't run: {done.stderr.strip().splitlines()[-1]}")
    peer = json.loads(done.stdout)
    whole = np.isfinite(numbers[:, 0]) & (outcome == THERE)
    theirs = np.array([box or [np.nan] * 4 for box in peer["boxes"]], dtype=np.float64)
    off = np.abs(numbers[whole, CLIPPED : CLIPPED + 4] + shift - theirs[whole]).max()
    yield Line(
        "2D boxes: nuScenes devkit's own loop",
        f"{ours_s * 1e6:.3f} us",
        f"{peer['seconds'] * 1e6:.0f} us",
        peer["seconds"] / ours_s,
        900.0,
        note=f"{int(whole.sum())} boxes wholly in front agree to {off:.0e} px",
    )
