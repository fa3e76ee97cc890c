"""Claiming, running, cancelling, fencing: in this process, on a real database."""

import threading
import uuid
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone
from kombu import Connection

from labelapp.common.jobs import (
    Job,
    JobContext,
    JobLostError,
    JobState,
    cancel,
    enqueue,
    job,
    queueing,
    rescue,
    rescuing,
    run,
)
from tests.integration import worker_jobs

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def kind(request):
    """A new kind of job for each test; its function is set by the test."""
    name = f"test.{request.node.name}"
    holder: dict = {}

    @job(name)
    def function(context: JobContext, **ids: str) -> None:
        holder["function"](context, **ids)

    def set_function(do) -> str:
        holder["function"] = do
        return name

    return set_function


def waiting(name: str, **ids) -> Job:
    return enqueue(name, queue="test-in-process", send=False, **ids)


def test_a_job_runs_once_with_its_ids_and_ends_done(kind) -> None:
    seen = []
    made = waiting(kind(lambda context, **ids: seen.append(ids)), clip_id="c1")
    assert run(made.id)
    assert not run(made.id)
    made.refresh_from_db()
    assert (made.state, made.attempt, seen) == (JobState.DONE, 1, [{"clip_id": "c1"}])
    assert made.finished_at is not None


def test_of_many_workers_one_claims_a_job(kind) -> None:
    ran = []
    made = waiting(kind(lambda context: ran.append(1)))
    start = threading.Barrier(6)

    def work() -> None:
        start.wait()
        run(made.id)
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ran == [1]


def test_a_domain_error_fails_the_job_with_its_sentence() -> None:
    made = waiting("test.spoilt")
    run(made.id)
    made.refresh_from_db()
    assert made.state == JobState.FAILED
    assert made.message == "images.csv: expected a header, found nothing"


def test_a_bug_fails_the_job_with_a_sentence_and_without_a_trace(caplog) -> None:
    made = waiting("test.bug")
    run(made.id)
    made.refresh_from_db()
    assert made.state == JobState.FAILED
    assert "ZeroDivisionError: a bug" in made.message
    assert "Traceback" not in made.message
    assert "Traceback" in caplog.text


def test_a_kind_that_nobody_knows_fails_with_a_sentence() -> None:
    made = waiting("test.from_the_future")
    run(made.id)
    made.refresh_from_db()
    assert "does not know jobs of kind 'test.from_the_future'" in made.message


def test_a_job_that_was_cancelled_before_it_ran_never_runs(kind) -> None:
    ran = []
    made = waiting(kind(lambda context: ran.append(1)))
    assert cancel(made.id)
    assert not cancel(made.id)
    assert not run(made.id)
    assert ran == []


def test_a_running_job_stops_soon_after_it_was_cancelled(kind, settings) -> None:
    settings.JOB_STALLED_AFTER_S = 0.4

    def forever(context: JobContext) -> None:
        cancel(context.job_id)
        stopped = threading.Event()
        for count in range(600):
            context.progress(count)
            stopped.wait(0.01)

    made = waiting(kind(forever))
    run(made.id)
    made.refresh_from_db()
    assert (made.state, made.message) == (JobState.CANCELLED, "Cancelled.")


def test_progress_reaches_the_row_while_the_job_runs(kind, settings) -> None:
    seen = []

    def work(context: JobContext) -> None:
        pause = threading.Event()
        for count in range(200):
            context.progress(count, 1000, "projecting")
            pause.wait(0.01)
        row = Job.objects.get(id=context.job_id)
        seen.append((row.done, row.total, row.message, row.rate_per_s, row.eta_s))

    made = waiting(kind(work))
    run(made.id)
    done, total, message, rate, eta = seen[0]
    assert 0 < done < 200
    assert (total, message) == (1000, "projecting")
    assert 40 < rate < 120
    assert eta == pytest.approx((1000 - done) / rate)
    made.refresh_from_db()
    assert made.done == made.total == 1000


def test_a_worker_that_was_taken_for_dead_cannot_publish(kind, settings) -> None:
    """The first attempt sleeps through its lease; the second publishes; the first must not."""
    published = []

    def work(context: JobContext) -> None:
        if context.attempt == 1:
            Job.objects.filter(id=context.job_id).update(
                heartbeat_at=timezone.now() - timedelta(hours=1)
            )
            assert rescue(now=timezone.now()) >= 1
            assert run(context.job_id)  # the second attempt, from beginning to end
        with context.publish():
            published.append(context.attempt)

    made = waiting(kind(work))
    run(made.id)
    made.refresh_from_db()
    assert published == [2]
    assert (made.state, made.attempt) == (JobState.DONE, 2)


def test_what_is_published_is_undone_when_the_end_cannot_be_written(kind) -> None:
    def work(context: JobContext) -> None:
        with context.publish():
            Job.objects.create(kind="test.result", queue="none")
            raise worker_jobs.SpoiltError("too late")

    made = waiting(kind(work))
    run(made.id)
    made.refresh_from_db()
    assert made.state == JobState.FAILED
    assert not Job.objects.filter(kind="test.result").exists()


def test_publishing_after_a_cancellation_is_refused(kind) -> None:
    caught = []

    def work(context: JobContext) -> None:
        cancel(context.job_id)
        try:
            with context.publish():
                caught.append("published")
        except JobLostError as error:
            caught.append(error)
            raise

    made = waiting(kind(work))
    run(made.id)
    made.refresh_from_db()
    assert made.state == JobState.CANCELLED
    assert isinstance(caught[0], JobLostError)


def test_a_stalled_job_waits_again_and_one_that_lives_does_not() -> None:
    now = timezone.now()
    running = {"kind": "test.append", "queue": "test-none", "state": "running", "attempt": 1}
    dead = Job.objects.create(**running, heartbeat_at=now - timedelta(minutes=5))
    alive = Job.objects.create(**running, heartbeat_at=now)
    rescue(now=now)
    dead.refresh_from_db()
    alive.refresh_from_db()
    assert (dead.state, dead.attempt) == (JobState.QUEUED, 1)
    assert alive.state == JobState.RUNNING


def test_a_job_that_kills_every_worker_is_given_up_with_a_sentence() -> None:
    now = timezone.now()
    made = Job.objects.create(
        kind="test.die",
        queue="test-none",
        state="running",
        attempt=rescuing.MAX_ATTEMPTS,
        worker="host:1",
        heartbeat_at=now - timedelta(minutes=5),
    )
    rescue(now=now)
    made.refresh_from_db()
    assert made.state == JobState.FAILED
    assert made.message.startswith("Given up: 5 workers in turn died")


def test_a_job_of_a_transaction_that_is_rolled_back_was_never_made() -> None:
    def spoilt() -> None:
        with transaction.atomic():
            enqueue("test.append", queue="test-none", path="x")
            raise worker_jobs.SpoiltError("no")

    with pytest.raises(worker_jobs.SpoiltError):
        spoilt()
    assert not Job.objects.exists()


def test_a_job_survives_that_the_broker_is_down_when_it_is_made(monkeypatch, caplog) -> None:
    apply_async = queueing.run_job.apply_async

    def to_nowhere(**options):
        return apply_async(**options, connection=Connection("redis+socket:///nowhere/at/all"))

    with monkeypatch.context() as patch:
        patch.setattr(queueing.run_job, "apply_async", to_nowhere)
        made = enqueue("test.append", queue=f"test-{uuid.uuid4().hex}", path="x")
    made.refresh_from_db()
    assert (made.state, made.sent_at) == (JobState.QUEUED, None)
    assert "the broker does not answer" in caplog.text
    assert rescue(now=timezone.now() + timedelta(minutes=1)) == 1
    made.refresh_from_db()
    assert made.sent_at is not None
