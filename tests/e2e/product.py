"""The whole product as a user runs it."""

import os
import re
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
START_TIMEOUT_S = 600


@dataclass
class Product:
    """`python -m labelapp.demo` in a data folder of its own."""

    data_dir: Path
    port: int
    arguments: tuple[str, ...] = ()
    settings: dict[str, str] = field(default_factory=dict)
    popen: subprocess.Popen[str] | None = None
    lines: list[str] = field(default_factory=list)
    reader: threading.Thread | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith("LABELAPP_")
        }
        return kept | {
            "LABELAPP_DATA_DIR": str(self.data_dir),
            "LABELAPP_JOB_STALLED_AFTER_S": "5",
            "LABELAPP_LOGIN_RATE": "1000/min",
            "LABELAPP_WEBHOOK_TRUSTED_HOSTS": "127.0.0.1",
            "DJANGO_SETTINGS_MODULE": "labelapp.config.settings",
            **self.settings,
        }

    def start(self) -> None:
        self.popen = subprocess.Popen(
            [sys.executable, "-m", "labelapp.demo", "--port", str(self.port), *self.arguments],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        ready = threading.Event()

        def read() -> None:
            assert self.popen is not None
            assert self.popen.stdout is not None
            with self.popen.stdout as output:
                for line in output:
                    self.lines.append(line.rstrip())
                    if line.startswith("labelapp runs at"):
                        ready.set()
            ready.set()

        self.reader = threading.Thread(target=read, daemon=True)
        self.reader.start()
        assert ready.wait(START_TIMEOUT_S), f"no start in {START_TIMEOUT_S} s: {self.lines[-20:]}"
        assert self.popen.poll() is None, "\n".join(self.lines)

    def stop(self) -> None:
        if self.popen is None:
            return
        self.popen.send_signal(signal.SIGINT)
        self.wait()

    def wait(self) -> int:
        """Wait until it has ended by itself, and return its status."""
        assert self.popen is not None
        assert self.reader is not None
        status = self.popen.wait(60)
        self.reader.join(10)
        self.popen = None
        return status

    def manage(self, *arguments: str, timeout_s: float = 300) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=timeout_s,
            check=False,
        )

    def password(self, username: str) -> str:
        text = (self.data_dir / "demo-logins.txt").read_text()
        found = re.search(rf"^{username}\s+(\S+)$", text, re.MULTILINE)
        assert found, text
        return found.group(1)
