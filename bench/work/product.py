"""A product of its own for a benchmark: started as ``make demo`` does, and ended."""

import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

_STARTS_WITHIN_S = 180.0


def free_port() -> int:
    """Return a port that nobody listens at now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_answered(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Return once an address answers 200.

    Raises:
        RuntimeError: The process ended before, or nothing answers for long; with its log's end.
    """
    deadline = time.monotonic() + _STARTS_WITHIN_S
    while time.monotonic() < deadline and process.poll() is None:
        with (
            contextlib.suppress(urllib.error.URLError, OSError),
            urllib.request.urlopen(url, timeout=5),
        ):
            return
        time.sleep(0.3)
    msg = f"{url} does not answer: {log.read_text()[-2000:]}"
    raise RuntimeError(msg)


@contextlib.contextmanager
def running_product() -> Iterator[tuple[str, str]]:
    """Yield the address and the data folder of a product that runs as long as the block lasts.

    ``LABELAPP_DATA_DIR`` names its folder meanwhile.
    """
    with tempfile.TemporaryDirectory(prefix="labelapp-bench-") as folder:
        port, log = free_port(), Path(folder, "log")
        before = os.environ.get("LABELAPP_DATA_DIR")
        os.environ["LABELAPP_DATA_DIR"] = data_dir = str(Path(folder, "data"))
        command = [sys.executable, "-m", "labelapp.demo", "--port", str(port), "--without-clip"]
        with log.open("wb") as out:
            process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT)
        try:
            url = f"http://127.0.0.1:{port}"
            wait_until_answered(f"{url}/api/session", process, log)
            yield url, data_dir
        finally:
            process.terminate()
            process.wait(60)
            os.environ.pop("LABELAPP_DATA_DIR")
            if before is not None:
                os.environ["LABELAPP_DATA_DIR"] = before
