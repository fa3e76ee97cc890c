"""The cameras of the golden vectors, by name: one of each kind and shape of lens."""

import json
from pathlib import Path
from typing import Any

GOLDEN = Path(__file__).resolve().parents[2] / "golden" / "cameras.json"
CAMERAS: dict[str, dict[str, Any]] = {
    entry["camera"]["name"]: entry["camera"] for entry in json.loads(GOLDEN.read_text())["cameras"]
}
