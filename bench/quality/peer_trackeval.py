"""TrackEval and motmetrics on the same similarities, timed in an environment of their own.

Run with the path of a pickle of frames: (reference ids, candidate ids, ious (n, m)) each.
"""

import json
import pickle
import sys
import time
from pathlib import Path


def main() -> None:
    import numpy as np
    from trackeval.metrics import CLEAR, HOTA, Identity

    frames = pickle.loads(Path(sys.argv[1]).read_bytes())
    lefts = 1 + max(int(f[0].max(initial=-1)) for f in frames)
    rights = 1 + max(int(f[1].max(initial=-1)) for f in frames)
    data = {
        "gt_ids": [f[0] for f in frames],
        "tracker_ids": [f[1] for f in frames],
        "similarity_scores": [f[2] for f in frames],
        "num_gt_ids": lefts,
        "num_tracker_ids": rights,
        "num_gt_dets": int(np.sum([f[0].size for f in frames])),
        "num_tracker_dets": int(np.sum([f[1].size for f in frames])),
        "num_timesteps": len(frames),
    }
    quiet = {"THRESHOLD": 0.3, "PRINT_CONFIG": False}
    start = time.perf_counter()
    hota = HOTA().eval_sequence(data)
    clear = CLEAR(quiet).eval_sequence(data)
    identity = Identity(quiet).eval_sequence(data)
    taken = time.perf_counter() - start
    found = {
        "seconds": taken,
        "hota": float(hota["HOTA"].mean()),
        "mota": float(clear["MOTA"]),
        "idf1": float(identity["IDF1"]),
    }
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main()
