"""Peers in environments of their own, made when they are first needed: ``.venv-bench/<name>``."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from bench.table import SkippedError

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / ".venv-bench"


def peer_python(
    name: str, requirements: list[str], *, without_dependencies: Sequence[str] = ()
) -> Path:
    """The Python of an environment with these packages.

    Args:
        name: Of the environment.
        requirements: What to install.
        without_dependencies: What to install as it is: peers pin what they don't need here.

    Raises:
        SkippedError: Something can't be installed.
    """
    folder = FOLDER / name
    python = folder / "bin" / "python"
    if (folder / "ready").exists():
        return python
    peers = [*without_dependencies] or requirements
    print(f"installing {', '.join(peers)} into {folder.relative_to(ROOT)}")
    install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    steps = (
        [sys.executable, "-m", "venv", "--clear", str(folder)],
        [*install, *requirements],
        [*install, "--no-deps", *without_dependencies],
    )
    for step in steps[: 3 if without_dependencies else 2]:
        done = subprocess.run(step, capture_output=True, text=True, check=False)
        if done.returncode:
            reason = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1:]
            raise SkippedError(f"{peers[0]} can't be installed: {' '.join(reason)}")
    (folder / "ready").touch()
    return python
