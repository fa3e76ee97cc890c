"""`python -m projection` on the standard clip: how soon there is something to look at."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench.projection.clip_whole import standard_clip
from bench.table import Line, benchmark

ROOT = Path(__file__).resolve().parents[2]
_TRIES = 4
_BAR_S = 3.0


def _processor_s(pid: int) -> float:
    """Processor time that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _first_output(clip: Path) -> tuple[float, float]:
    """Seconds to the first file of targets, by the clock and of the processor."""
    out = Path(tempfile.mkdtemp(prefix="labelapp-bench-start-"))
    command = [sys.executable, "-m", "projection", str(clip), "--out", str(out), "--quiet"]
    start = time.perf_counter()
    process = subprocess.Popen([*command, "--workers", "2"], cwd=ROOT)
    used = 0.0
    while not any(out.glob("targets/*/*.parquet")) and process.poll() is None:
        used = _processor_s(process.pid)
        time.sleep(0.005)
    taken = time.perf_counter() - start
    process.terminate()
    process.wait()
    shutil.rmtree(out, ignore_errors=True)
    return taken, used


@benchmark("start")
def first_output() -> Iterator[Line]:
    """From starting the command on the standard clip to its first file; and importing alone."""
    clip = standard_clip()
    _first_output(clip.path)  # compiles
    taken = [_first_output(clip.path) for _ in range(_TRIES)]
    seconds, used = min(wall for wall, _ in taken), min(used for _, used in taken)
    yield Line(
        "command's first output", f"{seconds:.2f} s", f"{_BAR_S:g} s", seconds / _BAR_S, 1.0,
        at_least=False, note="the first chunk's file, compiled kernels cached",
    )  # fmt: skip
    yield Line(
        "command's first output, processor time", f"{used:.2f} s", f"{_BAR_S:g} s", used / _BAR_S,
        1.0, at_least=False, note="the same on a machine that does nothing else",
    )  # fmt: skip
    code = "import time; t = time.perf_counter(); import projection; print(time.perf_counter() - t)"
    seconds = min(
        float(subprocess.check_output([sys.executable, "-c", code], cwd=ROOT, text=True))
        for _ in range(3)
    )
    yield Line("import projection", f"{seconds:.2f} s", "0.5 s", seconds / 0.5, 1.0, at_least=False)
