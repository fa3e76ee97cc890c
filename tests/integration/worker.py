"""Real Celery workers in processes of their own, to be killed."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection

REPOSITORY = Path(__file__).resolve().parents[2]


def wait_until(condition: Callable[[], object], *, timeout_s: float = 60.0) -> None:
    """Wait for something that other processes do."""
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


class Worker:
    """A Celery worker with its pool, as a process group of its own."""

    def __init__(
        self, folder: Path, *, queue: str, stalled_s: float = 2.0, broker_url: str | None = None
    ) -> None:
        self.log = folder / f"worker-{queue}.log"
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.integration.worker_settings",
            "LABELAPP_TEST_DATABASE": connection.settings_dict["NAME"],
            "LABELAPP_TEST_FILES": str(folder),
            "LABELAPP_JOB_STALLED_AFTER_S": str(stalled_s),
            "CELERY_BROKER_URL": broker_url or settings.CELERY_BROKER_URL,
            "PYTHONPATH": str(REPOSITORY),
        }
        command = [
            sys.executable, "-m", "celery", "--app", "labelapp.config.celery", "worker",
            "--queues", queue, "--concurrency", "1", "--loglevel", "INFO",
            "--hostname", f"{queue}-{time.monotonic_ns()}@%h",
            "--without-gossip", "--without-mingle", "--without-heartbeat",
        ]  # fmt: skip
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command,
                cwd=REPOSITORY,
                env=environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def kill(self) -> None:
        """Kill the worker and its pool, as a machine that loses power does."""
        self.signal_group(signal.SIGKILL)

    def stop(self) -> None:
        """Ask it to stop; kill it if it does not."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.kill()

    def signal_group(self, number: int) -> None:
        os.killpg(self.process.pid, number)
        if number == signal.SIGKILL:
            self.process.wait()


@contextmanager
def running_worker(folder: Path, *, queue: str, **options) -> Iterator[Worker]:
    worker = Worker(folder, queue=queue, **options)
    try:
        yield worker
    finally:
        worker.stop()
