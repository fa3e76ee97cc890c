"""Webhooks: signed, tried again, logged, and never led into an inner network."""

import hashlib
import hmac
import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from labelapp.common import jobs
from labelapp.common.jobs import Job
from labelapp.notices import jobs as notice_jobs
from labelapp.notices.errors import TargetRefusedError
from labelapp.notices.models import Delivery, Webhook
from labelapp.notices.services import deliveries_wake, delivery_send
from labelapp.notices.services.delivering import BACK_OFF_S, DELIVER_KIND
from labelapp.notices.targets import check_target
from labelapp.work.models import Workflow


def make(cast: Any, url: str, *events: str) -> Any:
    body = {"url": url, "events": events or ["task.submit"]}
    return cast.client("admin").send("POST", "/api/projects/a/webhooks", body)


def submit_a_task(cast: Any) -> None:
    client = cast.client("labeller")
    lease = client.send("POST", "/api/work/claim", {}).json()["task"]["lease"]
    path = f"/api/leases/{lease['id']}/finish"
    assert (
        client.send("POST", path, {"token": lease["token"], "action": "submit"}).status_code == 200
    )


@pytest.fixture
def tasks(cast: Any, ontology: Any, make_clip: Any) -> None:
    Workflow.objects.create(project=cast.project)
    make_clip()
    cast.client("admin").send("POST", "/api/projects/a/tasks", {"layer": "objects"})


def work_off_jobs() -> None:
    assert notice_jobs.deliver
    for job in Job.objects.filter(kind=DELIVER_KIND, state="queued"):
        assert jobs.run(job.pk)


def test_an_event_arrives_signed(cast, tasks, receiver) -> None:
    made = make(cast, receiver.url).json()
    submit_a_task(cast)
    work_off_jobs()
    ((headers, body),) = receiver.got
    sent = json.loads(body)
    assert (sent["event"], sent["project"]) == ("task.submit", "a")
    assert (sent["task"]["stage"], sent["actor"]["name"]) == ("review", "labeller")
    assert headers["Labelapp-Delivery"] == sent["id"]
    at, signature = (part.split("=")[1] for part in headers["Labelapp-Signature"].split(","))
    expected = hmac.new(made["secret"].encode(), f"{at}.".encode() + body, hashlib.sha256)
    assert signature == expected.hexdigest()
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.status, delivery.attempts) == ("delivered", 204, 1)


def test_an_event_of_what_was_undone_is_never_sent(cast, tasks, receiver) -> None:
    make(cast, receiver.url)
    client = cast.client("labeller")
    lease = client.send("POST", "/api/work/claim", {}).json()["task"]["lease"]
    late = {"token": lease["token"] + 1, "action": "submit"}
    assert client.send("POST", f"/api/leases/{lease['id']}/finish", late).status_code == 409
    assert Delivery.objects.count() == 0


def test_only_events_that_were_asked_for_arrive(cast, tasks, receiver) -> None:
    make(cast, receiver.url, "task.accept", "export.done")
    submit_a_task(cast)
    assert Delivery.objects.count() == 0


def test_a_failure_is_tried_again_later_and_later_until_it_is_given_up(
    cast, tasks, receiver
) -> None:
    make(cast, receiver.url)
    submit_a_task(cast)
    work_off_jobs()
    delivery = Delivery.objects.get()
    Delivery.objects.update(state="waiting", attempts=0, delivered_at=None)
    receiver.statuses = [500] * (len(BACK_OFF_S) + 1)
    for pause in BACK_OFF_S:
        found = delivery_send(delivery_id=delivery.pk)
        assert found is not None
        assert (found.state, found.problem) == ("waiting", "Answered 500: ")
        left = (found.next_try_at - timezone.now()).total_seconds()
        assert pause - 5 < left <= pause
    assert deliveries_wake() == 0, "not yet due"
    Delivery.objects.update(next_try_at=timezone.now() - timedelta(seconds=1))
    assert deliveries_wake() == 1
    assert deliveries_wake() == 0, "somebody is at it"
    work_off_jobs()
    assert Delivery.objects.get().state == "failed"
    assert delivery_send(delivery_id=delivery.pk) is None
    path = f"/api/deliveries/{delivery.pk}/again"
    assert cast.client("admin").send("POST", path).status_code == 202
    work_off_jobs()
    assert Delivery.objects.get().state == "delivered"
    bodies = {body for _, body in receiver.got}
    assert len(bodies) == 1, "the same, byte for byte, so that receivers can tell"


def test_a_redirect_is_not_followed(cast, tasks, receiver) -> None:
    make(cast, receiver.url)
    submit_a_task(cast)
    receiver.statuses = [307]
    work_off_jobs()
    assert Delivery.objects.get().problem.startswith("Answered 307")


def test_nobody_there_is_a_sentence(cast, tasks, receiver) -> None:
    make(cast, receiver.url)
    Webhook.objects.update(url="http://127.0.0.1:9/")
    submit_a_task(cast)
    work_off_jobs()
    assert Delivery.objects.get().problem.startswith("Nobody answered")


@pytest.mark.parametrize(
    "url",
    [
        *("https://127.0.0.1/", "https://localhost/", "https://10.1.2.3/", "https://[::1]/"),
        *("https://169.254.169.254/latest/meta-data", "https://[::ffff:10.0.0.1]/"),
        *("https://0.0.0.0/", "https://192.168.1.1:8443/", "https://[fe80::1]/"),
        *("https://2130706433/", "https://0x7f.1/", "https://[2002:7f00:1::]/"),
        *("http://93.184.216.34/", "ftp://93.184.216.34/", "file:///etc/passwd", "https://"),
        *("https://user:pass@93.184.216.34/", "https://93.184.216.34:99999/", "nonsense"),
        *("https://no-such-name.invalid/", "https://93.184.216.34/\r\nX: y"),
    ],
)
def test_a_webhook_never_leads_into_an_inner_network(cast: Any, url: str) -> None:
    response = make(cast, url)
    assert (response.status_code, response.json()["code"]) == (400, "target_refused")
    assert response.json()["message"].startswith("url: ")
    assert Webhook.objects.count() == 0


def test_a_public_address_is_taken() -> None:
    check_target("https://93.184.216.34/hook")


def test_an_address_is_looked_at_again_when_it_is_sent_to(cast, tasks, receiver, settings) -> None:
    make(cast, receiver.url)
    settings.WEBHOOK_TRUSTED_HOSTS = frozenset()
    Webhook.objects.update(url=receiver.url.replace("http:", "https:"))
    submit_a_task(cast)
    work_off_jobs()
    assert "inner network" in Delivery.objects.get().problem
    assert receiver.got == []
    with pytest.raises(TargetRefusedError):
        check_target(receiver.url)


def test_the_secret_is_told_once_and_kept_nowhere(cast, receiver) -> None:
    made = make(cast, receiver.url)
    secret = made.json()["secret"]
    assert made["Cache-Control"] == "no-store"
    assert "secret" not in cast.client("admin").get("/api/projects/a/webhooks").json()[0]
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(w)::text FROM notices_webhook w")
        assert secret not in cursor.fetchone()[0]
    other = cast.client("admin").send("POST", f"/api/webhooks/{made.json()['id']}/secret").json()
    assert other["secret"] != secret


@pytest.mark.parametrize("events", [["task.claim"], ["nonsense"]])
def test_unknown_events_are_refused(cast, receiver, events: list[str]) -> None:
    assert make(cast, receiver.url, *events).json()["message"].startswith("events: ")


def test_lists_take_the_same_number_of_queries_however_long(
    cast, receiver, django_assert_num_queries
) -> None:
    for _ in range(3):
        made = make(cast, receiver.url).json()
    webhook = Webhook.objects.get(pk=made["id"])
    for _ in range(30):
        Delivery.objects.create(webhook=webhook, event="task.submit", body="{}")
    admin = cast.client("admin")
    with django_assert_num_queries(5):
        assert admin.get("/api/projects/a/webhooks").json()[2]["waiting"] == 30
    with django_assert_num_queries(5):
        assert len(admin.get(f"/api/webhooks/{webhook.pk}/deliveries").json()["results"]) == 30


def test_a_ping_arrives_signed_whatever_events_are_wanted(cast, receiver) -> None:
    made = make(cast, receiver.url, "export.done").json()
    client = cast.client("admin")
    answer = client.send("POST", f"/api/webhooks/{made['id']}/test")
    assert (answer.status_code, answer.json()["event"]) == (202, "ping")
    work_off_jobs()
    ((headers, body),) = receiver.got
    sent = json.loads(body)
    assert (sent["event"], sent["project"], sent["actor"]["name"]) == ("ping", "a", "admin")
    at, signature = (part.split("=")[1] for part in headers["Labelapp-Signature"].split(","))
    expected = hmac.new(made["secret"].encode(), f"{at}.".encode() + body, hashlib.sha256)
    assert signature == expected.hexdigest()
    log = client.get(f"/api/webhooks/{made['id']}/deliveries").json()["results"]
    assert [(one["event"], one["state"]) for one in log] == [("ping", "delivered")]
