"""Every invariant of a job's row is held by the database."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from labelapp.common.jobs import Job, JobState

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("constraint", "fields"),
    [
        ("job_state_is_known", {"state": "asleep"}),
        ("job_kind_is_not_empty", {"kind": ""}),
        ("job_running_has_heartbeat_and_attempt", {"state": "running", "attempt": 1}),
        (
            "job_running_has_heartbeat_and_attempt",
            {"state": "running", "heartbeat_at": timezone.now()},
        ),
        ("job_finished_at_iff_final", {"state": "done"}),
        ("job_finished_at_iff_final", {"finished_at": timezone.now()}),
        ("job_progress_is_within_total", {"done": 5, "total": 4}),
        ("job_progress_is_within_total", {"done": -1}),
    ],
)
def test_the_database_refuses_a_job_that_breaks(constraint, fields) -> None:
    good = {"kind": "test.append", "queue": "q"}
    Job.objects.create(**good)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Job.objects.create(**good | fields)


def test_time_left_is_what_the_rate_says() -> None:
    job = Job(state=JobState.RUNNING, done=30, total=50, rate_per_s=4.0)
    assert job.eta_s == 5.0
    assert Job(state=JobState.RUNNING, done=30, total=None, rate_per_s=4.0).eta_s is None
    assert Job(state=JobState.RUNNING, done=30, total=50, rate_per_s=0.0).eta_s is None
    assert Job(state=JobState.DONE, done=50, total=50, rate_per_s=4.0).eta_s is None
