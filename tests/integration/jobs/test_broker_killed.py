"""Redis dies with everything it knew."""

import os
import shutil
import signal
import uuid
from pathlib import Path

import pytest

from labelapp.common import embedded
from labelapp.common.jobs import Job, JobState, enqueue
from tests.integration.worker import running_worker, wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def state(job: Job) -> str:
    job.refresh_from_db()
    return job.state


def test_a_broker_that_is_killed_and_loses_all_messages_loses_no_job(tmp_path: Path) -> None:
    queue = f"test-{uuid.uuid4().hex[:8]}"
    data_dir = tmp_path / "broker"
    embedded.start_redis(data_dir)
    steps = tmp_path / "steps"
    try:
        url = embedded.broker_url(data_dir)
        with running_worker(tmp_path, queue=queue, broker_url=url, stalled_s=6.0):
            # The rescuer of that worker finds the row and sends the message to its own broker.
            running = enqueue(
                "test.steps", queue=queue, send=False, path=str(steps), count="40", seconds="0.1"
            )
            wait_until((steps / "2").exists)
            os.kill(int((data_dir / "redis" / "pid").read_text()), signal.SIGKILL)
            shutil.rmtree(data_dir)
            waiting = [
                enqueue("test.append", queue=queue, send=False, path=str(tmp_path / f"ran-{n}"))
                for n in range(3)
            ]
            wait_until((steps / "8").exists)
            embedded.start_redis(data_dir)
            wait_until(lambda: state(running) == JobState.DONE)
            wait_until(lambda: all(state(job) == JobState.DONE for job in waiting))
    finally:
        embedded.stop_redis(data_dir)
    assert (steps / "published").read_text() == "1"
    assert running.attempt == 1
    for number in range(3):
        assert (tmp_path / f"ran-{number}").read_text() == "1\n"
