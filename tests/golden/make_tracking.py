"""Make ``tracking.json``: what the authors' own code says about some made-up tracking results.

Run in an environment with trackeval==1.3.0 and motmetrics==1.4.0 (both without their
dependencies, beside numpy, scipy, pandas, matplotlib, tabulate, xmltodict and
opencv-python-headless): they can't be installed beside the product's own OpenCV.
"""

import json
from pathlib import Path
from typing import Any

import motmetrics
import numpy as np
from trackeval.metrics import CLEAR, HOTA, Identity

THRESHOLD = 0.5


def sequence(seed: int, ticks: int, objects: int) -> list[dict[str, Any]]:
    """Things that overlap, swap names, come and go; with false ones."""
    chance = np.random.default_rng(seed)
    names = list(range(objects))
    frames = []
    for _ in range(ticks):
        if chance.random() < 0.2 and objects > 1:
            i, j = chance.choice(objects, 2, replace=False)
            names[i], names[j] = names[j], names[i]
        left = [i for i in range(objects) if chance.random() < 0.9]
        right = [j for j in range(objects) if chance.random() < 0.85]
        right += [objects + int(chance.integers(3))] if chance.random() < 0.3 else []
        similarity = np.where(
            chance.random((len(left), len(right))) < 0.15,
            chance.uniform(0.01, 0.7, (len(left), len(right))),
            0.0,
        )
        for row, i in enumerate(left):
            if names[i] in right:
                similarity[row, right.index(names[i])] = chance.uniform(0.2, 1.0)
        frames.append(
            {"references": left, "candidates": right, "ious": np.round(similarity, 3).tolist()}
        )
    return frames


def trackeval_data(frames: list[dict[str, Any]]) -> dict[str, Any]:
    left_ids = sorted({i for f in frames for i in f["references"]})
    right_ids = sorted({i for f in frames for i in f["candidates"]})
    return {
        "gt_ids": [np.array([left_ids.index(i) for i in f["references"]], int) for f in frames],
        "tracker_ids": [
            np.array([right_ids.index(i) for i in f["candidates"]], int) for f in frames
        ],
        "similarity_scores": [
            np.array(f["ious"]).reshape(len(f["references"]), len(f["candidates"])) for f in frames
        ],
        "num_gt_ids": len(left_ids),
        "num_tracker_ids": len(right_ids),
        "num_gt_dets": sum(len(f["references"]) for f in frames),
        "num_tracker_dets": sum(len(f["candidates"]) for f in frames),
        "num_timesteps": len(frames),
    }


def expected(frames: list[dict[str, Any]]) -> dict[str, float]:
    data = trackeval_data(frames)
    quiet = {"THRESHOLD": THRESHOLD, "PRINT_CONFIG": False}
    hota = HOTA().eval_sequence(data)
    clear = CLEAR(quiet).eval_sequence(data)
    identity = Identity(quiet).eval_sequence(data)
    found = {
        "hota": hota["HOTA"].mean(),
        "det_a": hota["DetA"].mean(),
        "ass_a": hota["AssA"].mean(),
        "loc_a": hota["LocA"].mean(),
        "true_positives": clear["CLR_TP"],
        "false_negatives": clear["CLR_FN"],
        "false_positives": clear["CLR_FP"],
        "identity_switches": clear["IDSW"],
        "mota": clear["MOTA"],
        "idf1": identity["IDF1"],
        "id_precision": identity["IDP"],
        "id_recall": identity["IDR"],
    }
    return {name: float(value) for name, value in found.items()}


def expected_motmetrics(frames: list[dict[str, Any]]) -> dict[str, float]:
    book = motmetrics.MOTAccumulator(auto_id=True)
    for f in frames:
        ious = np.array(f["ious"]).reshape(len(f["references"]), len(f["candidates"]))
        distances = np.where(ious >= THRESHOLD, 1.0 - ious, np.nan)
        book.update(f["references"], f["candidates"], distances)
    summary = motmetrics.metrics.create().compute(book, metrics=["idf1", "idp", "idr"], name="x")
    row = summary.loc["x"]
    return {
        "idf1": float(row["idf1"]),
        "id_precision": float(row["idp"]),
        "id_recall": float(row["idr"]),
    }


if __name__ == "__main__":
    cases = []
    for seed, ticks, objects in ((1, 40, 6), (2, 25, 10), (3, 60, 3), (4, 5, 1)):
        frames = sequence(seed, ticks, objects)
        cases.append(
            {
                "frames": frames,
                "trackeval": expected(frames),
                "motmetrics": expected_motmetrics(frames),
            }
        )
    text = json.dumps({"threshold": THRESHOLD, "cases": cases}, separators=(",", ":"))
    Path(__file__).with_name("tracking.json").write_text(text + "\n")
