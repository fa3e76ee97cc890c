"""The formats' own tools, in an environment of their own: they want other versions of our packages.

``make format-tools`` sets it up; without it, what needs them is skipped.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import quality
from projection import RigidTransform, Track
from projection.io import read_label
from projection.labels import LabelSet

ROOT = Path(__file__).resolve().parents[3]
PYTHON = Path(os.environ.get("LABELAPP_FORMAT_TOOLS", ROOT / ".venv-formats")) / "bin" / "python"


def with_tools(script: str, *arguments: object) -> Any:
    """Run a script beside the tools; returns what it printed as JSON on its last line."""
    if not PYTHON.exists():
        pytest.skip("the formats' own tools are not installed: make format-tools")
    done = subprocess.run(
        [PYTHON, "-c", script, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    sys.stderr.write(done.stderr)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.splitlines()[-1])


def loses_nothing(
    truth: LabelSet,
    found: dict[tuple[str, str], list[tuple[int, RigidTransform, Any]]],
    times_ns: list[int],
    *,
    attributes: dict[tuple[str, int], dict[str, Any]] | bool,
    within_m: float,
) -> None:
    """Boxes read back from a format are, as a label set, what the label set says of them.

    Args:
        truth: the labels that were exported; those that weren't found don't count.
        found: by (label id, class): time, world_from_box, size.
        times_ns: at which both are compared.
        attributes: by (label id, time); False: the format has none.
        within_m: how far the format rounds places and sizes.
    """
    labels = []
    for (label_id, class_name), states in found.items():
        keyframes = [
            {
                "time_ns": str(time_ns),
                "position_m": np.asarray(pose.position_m).tolist(),
                "quat_xyzw": np.asarray(pose.quat_xyzw).tolist(),
                "size_m": np.asarray(size).tolist(),
                "attributes": attributes[label_id, time_ns] if attributes else {},
            }
            for time_ns, pose, size in sorted(states, key=lambda state: state[0])
        ]
        labels.append(
            read_label(
                {
                    "id": label_id, "class": class_name, "geometry": "cuboid", "attributes": {},
                    "static": False, "size_m": keyframes[0]["size_m"], "interpolation": "linear",
                    "keyframes": keyframes,
                }
            )
        )  # fmt: skip
    wanted = [label for label in truth.labels if label.id in {name for name, _ in found}]
    options = quality.Options() if attributes else quality.Options(attribute_weight=0.0)
    comparison = quality.compare(wanted, labels, times_ns, options)
    assert comparison.score == pytest.approx(1.0, abs=1e-9), comparison.to_dict()
    for label in labels:
        ours = Track(next(other for other in wanted if other.id == label.id))
        for time_ns in label.times_ns.tolist():
            expected, read = ours.at(time_ns), Track(label).at(time_ns)
            np.testing.assert_allclose(read.position_m, expected.position_m, atol=within_m)
            np.testing.assert_allclose(read.size_m, expected.size_m, atol=within_m)
            turned = abs(float(np.dot(read.quat_xyzw, expected.quat_xyzw)))
            assert turned == pytest.approx(1.0, abs=1e-9)
