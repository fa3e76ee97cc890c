"""Servers that aren't ours, as processes of their own, for tests that speak with them."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

_START_TIMEOUT_S = 120.0


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def served(module: str, *arguments: str) -> Iterator[str]:
    """Run ``python -m module -p PORT arguments`` and give its address once it answers.

    Raises:
        AssertionError: The server ended, or did not listen within two minutes.
    """
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", module, "-p", str(port), *arguments],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONWARNINGS": "ignore"},
    )
    try:
        deadline = time.monotonic() + _START_TIMEOUT_S
        while not _listens(port):
            assert server.poll() is None, f"{module} ended with {server.returncode}"
            assert time.monotonic() < deadline, f"{module} does not listen at {port}"
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.kill()
        server.wait()


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
