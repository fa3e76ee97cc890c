"""PyTorch, in an environment of its own: the server needs none.

``make training-tools`` sets it up; without it, what needs it is skipped.
"""

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
FOLDER = Path(os.environ.get("LABELAPP_TRAINING_TOOLS", ROOT / ".venv-training"))
PYTHON = FOLDER / "bin" / "python"


def with_torch(*arguments: object, cwd: Path) -> str:
    """Run Python with torch and this repository's client; returns what it printed."""
    if not PYTHON.exists():
        pytest.skip("PyTorch is not installed: make training-tools")
    done = subprocess.run(
        [PYTHON, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        timeout=500,
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 0, done.stdout[-1000:] + done.stderr[-3000:]
    return done.stdout
