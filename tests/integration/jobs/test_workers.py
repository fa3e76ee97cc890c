"""Real workers, killed."""

import signal
import uuid
from pathlib import Path

import pytest
from celery import current_app

from labelapp.common.jobs import Job, JobState, enqueue
from tests.integration.worker import Worker, running_worker, wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def queue() -> str:
    return f"test-{uuid.uuid4().hex[:8]}"


def state(job: Job) -> str:
    job.refresh_from_db()
    return job.state


def test_a_killed_workers_job_is_finished_by_the_next_from_where_it_was(
    tmp_path: Path, queue: str
) -> None:
    folder = tmp_path / "steps"
    job = enqueue("test.steps", queue=queue, path=str(folder), count="12", seconds="0.15")
    first = Worker(tmp_path, queue=queue)
    try:
        wait_until((folder / "3").exists)
    finally:
        first.kill()
    assert state(job) == JobState.RUNNING
    with running_worker(tmp_path, queue=queue):
        wait_until(lambda: state(job) == JobState.DONE)
    attempts = [(folder / str(step)).read_text() for step in range(12)]
    assert attempts[0] == "1"
    assert attempts[-1] == "2"
    assert attempts == sorted(attempts)
    assert (folder / "published").read_text() == "2"
    assert (job.attempt, job.done, job.total) == (2, 12, 12)


def test_a_job_whose_message_the_broker_lost_is_sent_again(tmp_path: Path, queue: str) -> None:
    job = enqueue("test.append", queue=queue, path=str(tmp_path / "ran"))
    with current_app.connection_for_write() as connection:
        assert connection.default_channel.queue_purge(queue) == 1
    with running_worker(tmp_path, queue=queue):
        wait_until(lambda: state(job) == JobState.DONE)
    assert (tmp_path / "ran").read_text() == "1\n"


def test_a_job_that_takes_down_its_process_is_tried_again_and_then_given_up(
    tmp_path: Path, queue: str
) -> None:
    job = enqueue("test.die", queue=queue, path=str(tmp_path / "ran"))
    with running_worker(tmp_path, queue=queue, stalled_s=0.6):
        wait_until(lambda: state(job) == JobState.FAILED)
    assert (tmp_path / "ran").read_text() == "1\n2\n3\n4\n5\n"
    assert job.message.startswith("Given up")


def test_a_worker_that_slept_through_its_lease_does_not_publish(tmp_path: Path, queue: str) -> None:
    folder = tmp_path / "steps"
    job = enqueue("test.steps", queue=queue, path=str(folder), count="6", seconds="0.15")
    sleeper = Worker(tmp_path, queue=queue)
    try:
        wait_until((folder / "1").exists)
        sleeper.signal_group(signal.SIGSTOP)
        with running_worker(tmp_path, queue=queue):
            wait_until(lambda: state(job) == JobState.DONE)
            assert (folder / "published").read_text() == "2"
            sleeper.signal_group(signal.SIGCONT)
            late = enqueue("test.append", queue=queue, path=str(tmp_path / "late"))
            wait_until(lambda: state(late) == JobState.DONE)
    finally:
        sleeper.stop()
    assert (folder / "published").read_text() == "2"
    assert (state(job), job.attempt) == (JobState.DONE, 2)
