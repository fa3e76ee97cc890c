"""Run by the peer's own Python: the nuScenes devkit's loop over boxes of one pinhole picture.

Reads JSON from standard input: ``centers_m``, ``sizes_wlh_m``, ``quats_wxyz`` (camera frame),
``intrinsic`` (3 x 3), ``size``. Writes seconds per box (the least of several runs) and the boxes.
"""

import json
import sys
import time


def main() -> None:
    """Measure, and print JSON."""
    import numpy as np
    from nuscenes.scripts.export_2d_annotations_as_json import post_process_coords
    from nuscenes.utils.data_classes import Box
    from nuscenes.utils.geometry_utils import view_points
    from pyquaternion import Quaternion

    given = json.load(sys.stdin)
    intrinsic = np.array(given["intrinsic"])
    rows = list(zip(given["centers_m"], given["sizes_wlh_m"], given["quats_wxyz"], strict=True))
    best, found = float("inf"), []
    for _ in range(5):
        start = time.perf_counter()
        found = []
        for center, size, quat in rows:
            # As export_2d_annotations_as_json does for each annotation.
            box = Box(center, size, Quaternion(quat))
            corners = box.corners()
            in_front = np.argwhere(corners[2, :] > 0).flatten()
            corners = corners[:, in_front]
            coords = view_points(corners, intrinsic, True).T[:, :2].tolist()
            found.append(post_process_coords(coords, tuple(given["size"])))
        best = min(best, time.perf_counter() - start)
    json.dump({"seconds": best / len(rows), "boxes": found}, sys.stdout)


if __name__ == "__main__":
    main()
