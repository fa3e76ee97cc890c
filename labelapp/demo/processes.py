"""Child processes that live and die with the one that started them."""

import contextlib
import ctypes
import os
import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

_PR_SET_PDEATHSIG = 1
#: A process that ends within this time of its start is not started again at once.
_MIN_LIFE_S = 5.0


def _die_with_parent() -> None:
    """Have the kernel end this process when its parent dies, however that happens (Linux)."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass(slots=True)
class Process:
    """A server process that is started again when it ends by itself."""

    name: str
    arguments: list[str]
    log_path: Path
    environment: dict[str, str] = field(default_factory=dict)
    popen: subprocess.Popen[bytes] | None = None
    started_s: float = 0.0

    def start(self) -> None:
        """Start the process, its output appended to its log."""
        self.log_path.parent.mkdir(parents=True, exist_ok=True)
        with self.log_path.open("ab") as log:
            # Its own session: Ctrl-C reaches the supervisor alone, which ends the others in order.
            self.popen = subprocess.Popen(  # noqa: S603
                self.arguments,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=os.environ | self.environment,
                start_new_session=True,
                preexec_fn=_die_with_parent,  # noqa: PLW1509  the supervisor has one thread
            )
        self.started_s = time.monotonic()

    def restart_if_ended(self) -> int | None:
        """Start the process again if it ended, and return the status it ended with."""
        if self.popen is None or self.popen.poll() is None:
            return None
        if time.monotonic() - self.started_s < _MIN_LIFE_S:
            return None
        status = self.popen.returncode
        self.start()
        return status

    def stop(self, timeout_s: float) -> None:
        """Ask the process to end, wait for it, and kill what is left of its session."""
        if self.popen is None:
            return
        with contextlib.suppress(ProcessLookupError):
            self.popen.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.popen.wait(timeout_s)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.popen.pid, signal.SIGKILL)
        self.popen.wait()
        self.popen = None
