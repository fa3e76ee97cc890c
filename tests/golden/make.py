"""Writes the golden vectors from ``projection``: ``python tests/golden/make.py [--check]``.

They hold the Python and the TypeScript implementations to the same numbers. The README beside this
file has their shape. Cameras and points are drawn from a fixed seed.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[1]), str(HERE)]

from golden_cameras import cameras  # noqa: E402  needs the path above
from golden_motion import poses, views  # noqa: E402
from golden_outlines import outlines  # noqa: E402
from golden_tracks import tracks  # noqa: E402

FILES = {
    "cameras.json": cameras,
    "outlines.json": outlines,
    "poses.json": poses,
    "tracks.json": tracks,
    "views.json": views,
}


def written(document: dict[str, Any]) -> str:
    """The document as text: one vector per line, so that changes are readable."""
    parts = []
    for key, value in document.items():
        if isinstance(value, list):
            lines = ",\n".join(json.dumps(entry, allow_nan=False) for entry in value)
            parts.append(f"{json.dumps(key)}: [\n{lines}\n]")
        else:
            parts.append(f"{json.dumps(key)}: {json.dumps(value, allow_nan=False)}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def difference(old: Any, new: Any, place: str = "") -> str | None:
    """Where two documents differ by more than the last digits of another machine's libm."""
    if isinstance(old, dict) and isinstance(new, dict) and old.keys() == new.keys():
        pairs = ((f"{place}.{key}", old[key], new[key]) for key in old)
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        pairs = ((f"{place}[{i}]", *both) for i, both in enumerate(zip(old, new, strict=True)))
    elif isinstance(old, float) and isinstance(new, float):
        return None if abs(old - new) <= 1e-9 * max(1.0, abs(old)) else place
    else:
        return None if old == new else place
    return next((found for found in (difference(a, b, p) for p, a, b in pairs) if found), None)


def main() -> int:
    """Write the files, or with ``--check`` say which are stale."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if stale")
    check = parser.parse_args().check
    stale = []
    for name, make in FILES.items():
        text = written(make())
        path = HERE / name
        old = json.loads(path.read_text()) if path.exists() else None
        if old is None or difference(old, json.loads(text)) is not None:
            stale.append(name)
            if not check:
                path.write_text(text)
    sys.stdout.write(("stale: " if check else "written: ") + (", ".join(stale) or "none") + "\n")
    return 1 if check and stale else 0


if __name__ == "__main__":
    raise SystemExit(main())
