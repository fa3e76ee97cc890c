"""Who gets which answer from every route of the API.

The routes are found from the URL conf: a new one without a row in the table fails the test, so that
none is forgotten. Each row says what each of the cast gets. Nobody outside a project learns that a
thing of it exists: 404, never 403.
"""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import transaction
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from labelapp.accounts.models import ApiToken, User
from labelapp.accounts.services import api_token_create
from labelapp.clips.models import Clip, ClipUpload
from labelapp.clips.services import clip_import
from labelapp.clips.storage import clip_storage, cloud_file_name
from labelapp.datasets.models import (
    Dataset,
    DatasetDeprecation,
    DatasetVersion,
    Export,
    HoldOut,
)
from labelapp.datasets.services import export_create
from labelapp.datasets.storage import export_storage, files_prefix
from labelapp.datasets.versions.freezing import version_freeze
from labelapp.datasets.versions.managing import hold_out_create, version_deprecate
from labelapp.imports.models import LabelImport
from labelapp.labels.models import LabelSet
from labelapp.notices.models import Delivery, Webhook
from labelapp.projects.models import Invitation, Membership
from labelapp.review.models import Comment
from labelapp.training.models import Attempt, Course, CourseStep, Gold
from labelapp.work.models import Lease, Skill, Task, Workflow
from tests.integration.clip_folders import write_clip_folder

METHODS = ("get", "post", "put", "patch", "delete")
CAST = ("admin", "engineer", "reviewer", "labeller", "stranger", "anonymous")


def routes(patterns: list[Any], before: str = "") -> Iterator[tuple[str, str]]:
    """Every (method, route) below ``api/``."""
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern) and route.startswith("api/"):
            view = getattr(pattern.callback, "cls", None)
            assert view is not None, f"{route} is no DRF view: nothing checks its permissions"
            for method in METHODS:
                if hasattr(view, method):
                    yield method.upper(), route


ROUTES = sorted(set(routes(get_resolver().url_patterns)))


@dataclass
class World:
    """What lies in project A."""

    clip: Clip
    human: LabelSet
    model: LabelSet
    #: One that is done, and one that waits.
    done: Export
    waiting: Export


def members(status: int, *, outside: int = 404) -> tuple[int, ...]:
    """What all members get, then the stranger, then who is not logged in."""
    return (status, status, status, status, outside, 401)


def read_whole(response: Any) -> None:
    """Read a streamed answer to its end, which closes its file."""
    if response.streaming:
        b"".join(response)


def operations(world: World) -> dict[str, Any]:
    del world
    label = {
        "id": "one",
        "class": "car",
        "geometry": "cuboid",
        "size_m": [4, 2, 1.5],
        "keyframes": [{"time_ns": "1", "position_m": [0, 0, 0], "quat_xyzw": [0, 0, 0, 1]}],
    }
    operation = {"operation_id": str(uuid.uuid4()), "kind": "put", "label_id": "one"}
    operation |= {"base_version": 0, "label": label}
    return {"batch_id": str(uuid.uuid4()), "operations": [operation]}


@dataclass
class Case:
    """One request that each of the cast sends."""

    path: Callable[[World], str]
    #: Of admin, engineer, reviewer, labeller, stranger, anonymous.
    expected: tuple[int, ...]
    body: Callable[[World], Any] | None = None


def a_task(world: World) -> Task:
    """A task that the labeller has, made with the project's workflow when it is asked for."""
    project = world.clip.project
    Workflow.objects.get_or_create(project=project)
    task, is_new = Task.objects.get_or_create(
        project=project,
        clip=world.clip,
        label_set=world.human,
        layer="objects",
        defaults={"state": "leased", "lease_count": 1},
    )
    if is_new:
        labeller = project.members.get(username="labeller")
        Lease.objects.create(
            task=task, holder=labeller, token=1, stage="label", expires_at="2100-01-01T00:00Z"
        )
    return task


def an_upload(world: World) -> ClipUpload:
    """An upload of the engineer's whose parts are missing."""
    project = world.clip.project
    engineer = project.members.get(username="engineer")
    return ClipUpload.objects.create(project=project, created_by=engineer, size=10)


def an_import(world: World) -> LabelImport:
    """Labels that the engineer began to send."""
    project = world.clip.project
    engineer = project.members.get(username="engineer")
    return LabelImport.objects.create(
        project=project, created_by=engineer, file_name="labels.zip", size=10
    )


def a_version(world: World) -> DatasetVersion:
    """A data set version of project A, frozen when it is asked for."""
    project = world.clip.project
    dataset, is_new = Dataset.objects.get_or_create(project=project, name="streets")
    if is_new:
        version_freeze(
            actor=None, dataset=dataset, query={"layers": ["objects"]}, split=None, spec=None
        )
    return dataset.versions.order_by("number").first()


def deprecated(world: World) -> dict[str, str]:
    """What deprecates a version that is deprecated already."""
    version = a_version(world)
    if not DatasetDeprecation.objects.filter(version=version).exists():
        version_deprecate(actor=None, version=version, reason="wrong")
    return {"reason": "wrong again"}


def a_hold_out(world: World) -> HoldOut:
    """A clip that is held out."""
    what = {"clip_id": str(world.clip.pk)}
    return hold_out_create(actor=None, project=world.clip.project, kind="clip", what=what)


def a_token(world: World) -> ApiToken:
    """An API token of the engineer's."""
    engineer = world.clip.project.members.get(username="engineer")
    found = ApiToken.objects.filter(user=engineer).first()
    return found or api_token_create(actor=engineer, name="ci", scopes=["read"], days=1)[0]


def a_gold(world: World) -> Gold:
    """The gold that came along with the clip."""
    label_set = LabelSet.objects.get(clip=world.clip, source="gold")
    return Gold.objects.get_or_create(
        label_set=label_set,
        revision=label_set.revision,
        defaults={"project": world.clip.project, "clip": world.clip, "layer": "objects"},
    )[0]


def a_course(world: World) -> Course:
    """A course with one step."""
    a_task(world)
    skill, _ = Skill.objects.get_or_create(project=world.clip.project, name="cars")
    course, is_new = Course.objects.get_or_create(
        project=world.clip.project, title="Cars", skill=skill
    )
    if is_new:
        CourseStep.objects.create(course=course, position=1, gold=a_gold(world))
    return course


def an_attempt(world: World) -> Attempt:
    """The labeller's attempt at a step."""
    step = a_course(world).steps.get()
    return Attempt.objects.get_or_create(
        task=a_task(world),
        defaults={
            "gold": step.gold,
            "step": step,
            "user": world.clip.project.members.get(username="labeller"),
            "submitted_at": timezone.now(),
            "told_at": timezone.now(),
        },
    )[0]


def a_webhook(world: World) -> Webhook:
    """A webhook of project A."""
    return Webhook.objects.get_or_create(
        project=world.clip.project, url="https://example.com/", events=["task.submit"]
    )[0]


def a_delivery(world: World) -> Delivery:
    """Something that was sent to it."""
    return Delivery.objects.get_or_create(webhook=a_webhook(world), event="task.submit", body="{}")[
        0
    ]


def a_comment(world: World) -> Comment:
    """The labeller's word on the task."""
    labeller = world.clip.project.members.get(username="labeller")
    comment, _ = Comment.objects.get_or_create(task=a_task(world), author=labeller, body="look")
    return comment


def member(world: World, name: str) -> uuid.UUID:
    """The id of one of project A's members; who was removed is one again."""
    project = world.clip.project
    user = User.objects.get(username=name)
    Membership.objects.get_or_create(project=project, user=user, defaults={"role": name})
    return user.pk


def an_invitation(world: World) -> Invitation:
    """An invitation to project A."""
    return Invitation.objects.get_or_create(
        project=world.clip.project,
        role="labeller",
        digest="0" * 64,
        defaults={"expires_at": timezone.now() + timedelta(days=1)},
    )[0]


def lease_path(world: World, verb: str) -> str:
    return f"/api/leases/{a_task(world).leases.get().pk}/{verb}"


CLIP = "api/clips/<uuid:clip_id>"
LABEL_SET = "api/label-sets/<uuid:label_set_id>"
EXPORT = "api/exports/<uuid:export_id>"
DATASET_VERSION = "api/dataset-versions/<uuid:version_id>"
UPLOAD = "api/clip-uploads/<uuid:upload_id>"
LABEL_IMPORT = "api/label-imports/<uuid:import_id>"
#: Whoever may export.
ENGINEERS = (200, 200, 200, 403, 404, 401)
CLOUD_VERSION = "0123456789abcdef" * 2
TABLE: dict[tuple[str, str], list[Case]] = {
    ("GET", "api/session"): [Case(lambda w: "/api/session", (200,) * 6)],
    ("POST", "api/session"): [
        Case(lambda w: "/api/session", (400,) * 6, lambda w: {"username": "x", "password": "y"})
    ],
    ("DELETE", "api/session"): [Case(lambda w: "/api/session", (204,) * 6)],
    ("GET", "api/me/preferences"): [
        Case(lambda w: "/api/me/preferences", members(200, outside=200))
    ],
    ("PATCH", "api/me/preferences"): [
        Case(
            lambda w: "/api/me/preferences",
            members(200, outside=200),
            lambda w: {"layout": {"cameras": "left"}},
        )
    ],
    ("PUT", "api/me/password"): [
        Case(
            lambda w: "/api/me/password",
            members(204, outside=204),
            lambda w: {"old_password": "", "new_password": "a whole new phrase"},
        )
    ],
    # Nobody owes a code; what codes do is in tests/integration/accounts/test_second_factor.py.
    ("POST", "api/session/code"): [
        Case(lambda w: "/api/session/code", (400,) * 6, lambda w: {"code": "123456"})
    ],
    # Nobody logs in this way here; who does is in tests/integration/accounts/test_openid.py.
    ("GET", "api/session/openid"): [Case(lambda w: "/api/session/openid", (200,) * 6)],
    ("POST", "api/session/openid"): [
        Case(lambda w: "/api/session/openid", (404,) * 6, lambda w: {"page": "/"})
    ],
    ("GET", "api/session/openid/callback"): [
        Case(lambda w: "/api/session/openid/callback?state=x&code=y", (404,) * 6)
    ],
    ("GET", "api/me/mfa"): [Case(lambda w: "/api/me/mfa", members(200, outside=200))],
    ("POST", "api/me/mfa"): [Case(lambda w: "/api/me/mfa", members(200, outside=200))],
    ("PUT", "api/me/mfa"): [
        Case(lambda w: "/api/me/mfa", members(400, outside=400), lambda w: {"code": "123456"})
    ],
    ("POST", "api/me/mfa/off"): [
        Case(lambda w: "/api/me/mfa/off", members(400, outside=400), lambda w: {"code": "123456"})
    ],
    ("POST", "api/me/mfa/recovery-codes"): [
        Case(
            lambda w: "/api/me/mfa/recovery-codes",
            members(400, outside=400),
            lambda w: {"code": "123456"},
        )
    ],
    ("GET", "api/me/tokens"): [Case(lambda w: "/api/me/tokens", members(200, outside=200))],
    ("POST", "api/me/tokens"): [
        Case(
            lambda w: "/api/me/tokens",
            members(201, outside=201),
            lambda w: {"name": "nightly", "scopes": ["read"], "days": 1},
        )
    ],
    ("DELETE", "api/me/tokens/<uuid:token_id>"): [
        # Everybody's own: the engineer has this one.
        Case(lambda w: f"/api/me/tokens/{a_token(w).pk}", (404, 204, 404, 404, 404, 401))
    ],
    ("GET", "api/projects/<slug:slug>/audit"): [
        Case(lambda w: "/api/projects/a/audit", (200, 403, 403, 403, 404, 401))
    ],
    ("GET", "api/projects/<slug:slug>/audit/file"): [
        Case(lambda w: "/api/projects/a/audit/file", (200, 403, 403, 403, 404, 401))
    ],
    # Superusers only, see tests/integration/audit.
    ("GET", "api/audit"): [Case(lambda w: "/api/audit", members(403, outside=403))],
    ("GET", "api/projects/<slug:slug>/gold"): [
        Case(lambda w: "/api/projects/a/gold", (200, 403, 403, 403, 404, 401))
    ],
    ("POST", "api/projects/<slug:slug>/gold"): [
        Case(
            lambda w: "/api/projects/a/gold",
            (201, 403, 403, 403, 404, 401),
            lambda w: {"label_set_id": str(a_gold(w).label_set_id)},
        )
    ],
    ("GET", "api/projects/<slug:slug>/gold-candidates"): [
        Case(lambda w: "/api/projects/a/gold-candidates", (200, 403, 403, 403, 404, 401))
    ],
    ("DELETE", "api/gold/<uuid:gold_id>"): [
        Case(lambda w: f"/api/gold/{a_gold(w).pk}", (204, 404, 404, 404, 404, 401))
    ],
    ("GET", "api/projects/<slug:slug>/gold-settings"): [
        Case(lambda w: "/api/projects/a/gold-settings", (204, 403, 403, 403, 404, 401))
    ],
    ("PUT", "api/projects/<slug:slug>/gold-settings"): [
        Case(
            lambda w: "/api/projects/a/gold-settings",
            (200, 403, 403, 403, 404, 401),
            lambda w: {"rate": 0.1},
        )
    ],
    ("GET", "api/projects/<slug:slug>/courses"): [
        Case(lambda w: "/api/projects/a/courses", members(200))
    ],
    ("POST", "api/projects/<slug:slug>/courses"): [
        Case(
            lambda w: f"/api/projects/{a_task(w).project.slug}/courses",
            (201, 403, 403, 403, 404, 401),
            lambda w: {
                "title": "Cars",
                "skill": "cars",
                "steps": [{"gold_id": str(a_gold(w).pk)}],
            },
        )
    ],
    ("PATCH", "api/courses/<uuid:course_id>"): [
        Case(
            lambda w: f"/api/courses/{a_course(w).pk}",
            (204, 403, 403, 403, 404, 401),
            lambda w: {"is_open": False},
        )
    ],
    ("POST", "api/courses/<uuid:course_id>/start"): [
        Case(
            lambda w: f"/api/courses/{a_course(w).pk}/start",
            (200, 403, 200, 200, 404, 401),
            lambda w: {"position": 1},
        )
    ],
    # The labeller's own, which they may know of.
    ("GET", "api/attempts/<uuid:attempt_id>"): [
        Case(lambda w: f"/api/attempts/{an_attempt(w).pk}", (200, 404, 404, 200, 404, 401))
    ],
    ("GET", "api/attempts/<uuid:attempt_id>/gold"): [
        Case(lambda w: f"/api/attempts/{an_attempt(w).pk}/gold", (200, 404, 404, 200, 404, 401))
    ],
    ("GET", "api/projects/<slug:slug>/attempts"): [
        Case(lambda w: "/api/projects/a/attempts", (200, 403, 403, 403, 404, 401))
    ],
    ("GET", "api/projects/<slug:slug>/own-score"): [
        Case(lambda w: "/api/projects/a/own-score", members(200))
    ],
    ("GET", "api/projects/<slug:slug>/scores"): [
        Case(lambda w: "/api/projects/a/scores", (200, 403, 403, 403, 404, 401))
    ],
    ("GET", "api/me/notices"): [Case(lambda w: "/api/me/notices", members(200, outside=200))],
    ("POST", "api/me/notices/read"): [
        Case(lambda w: "/api/me/notices/read", members(204, outside=204), lambda w: {"ids": None})
    ],
    ("GET", "api/projects/<slug:slug>/webhooks"): [
        Case(lambda w: "/api/projects/a/webhooks", (200, 403, 403, 403, 404, 401))
    ],
    ("POST", "api/projects/<slug:slug>/webhooks"): [
        # An admin gets as far as the address, which is not a public one.
        Case(
            lambda w: "/api/projects/a/webhooks",
            (400, 403, 403, 403, 404, 401),
            lambda w: {"url": "https://127.0.0.1/", "events": ["task.submit"]},
        )
    ],
    ("DELETE", "api/webhooks/<uuid:webhook_id>"): [
        Case(lambda w: f"/api/webhooks/{a_webhook(w).pk}", (204, 404, 404, 404, 404, 401))
    ],
    ("POST", "api/webhooks/<uuid:webhook_id>/secret"): [
        Case(lambda w: f"/api/webhooks/{a_webhook(w).pk}/secret", (200, 404, 404, 404, 404, 401))
    ],
    ("POST", "api/webhooks/<uuid:webhook_id>/test"): [
        Case(lambda w: f"/api/webhooks/{a_webhook(w).pk}/test", (202, 404, 404, 404, 404, 401))
    ],
    ("GET", "api/webhooks/<uuid:webhook_id>/deliveries"): [
        Case(
            lambda w: f"/api/webhooks/{a_webhook(w).pk}/deliveries",
            (200, 404, 404, 404, 404, 401),
        )
    ],
    ("POST", "api/deliveries/<uuid:delivery_id>/again"): [
        Case(
            lambda w: f"/api/deliveries/{a_delivery(w).pk}/again",
            (202, 404, 404, 404, 404, 401),
        )
    ],
    ("GET", "api/projects"): [Case(lambda w: "/api/projects", members(200, outside=200))],
    ("GET", "api/projects/<slug:slug>"): [Case(lambda w: "/api/projects/a", members(200))],
    ("GET", "api/projects/<slug:slug>/clips"): [
        Case(lambda w: "/api/projects/a/clips", members(200))
    ],
    ("GET", CLIP): [Case(lambda w: f"/api/clips/{w.clip.pk}", members(200))],
    ("GET", f"{CLIP}/trajectory"): [
        Case(lambda w: f"/api/clips/{w.clip.pk}/trajectory", members(200))
    ],
    ("GET", f"{CLIP}/images/<str:camera>/<int:index>"): [
        Case(lambda w: f"/api/clips/{w.clip.pk}/images/front/0", members(200)),
        Case(lambda w: f"/api/clips/{w.clip.pk}/images/front/0?size=thumbnail", members(200)),
    ],
    ("GET", f"{CLIP}/sweeps/<int:index>"): [
        Case(lambda w: f"/api/clips/{w.clip.pk}/sweeps/0", members(200))
    ],
    ("GET", f"{CLIP}/sweeps/<int:index>/tiles/<str:name>"): [
        # Nobody gets more: the sweep is a small one, without tiles.
        Case(lambda w: f"/api/clips/{w.clip.pk}/sweeps/0/tiles/0.glb", members(404))
    ],
    ("GET", f"{CLIP}/cloud"): [Case(lambda w: f"/api/clips/{w.clip.pk}/cloud", members(200))],
    ("POST", f"{CLIP}/cloud"): [
        Case(lambda w: f"/api/clips/{w.clip.pk}/cloud", (202, 202, 403, 403, 404, 401))
    ],
    ("GET", f"{CLIP}/cloud/<str:version>/<str:name>"): [
        Case(lambda w: f"/api/clips/{w.clip.pk}/cloud/{CLOUD_VERSION}/0.glb", members(200))
    ],
    ("GET", f"{CLIP}/label-sets"): [
        Case(lambda w: f"/api/clips/{w.clip.pk}/label-sets", members(200))
    ],
    ("POST", f"{CLIP}/label-sets"): [
        Case(
            lambda w: f"/api/clips/{w.clip.pk}/label-sets",
            (201, 403, 201, 201, 404, 401),
            lambda w: {"layer": "road", "source": "human"},
        ),
        Case(
            lambda w: f"/api/clips/{w.clip.pk}/label-sets",
            (201, 201, 403, 403, 404, 401),
            lambda w: {"layer": "road", "source": "model"},
        ),
    ],
    ("GET", LABEL_SET): [Case(lambda w: f"/api/label-sets/{w.human.pk}", members(200))],
    ("GET", f"{LABEL_SET}/labels"): [
        Case(lambda w: f"/api/label-sets/{w.human.pk}/labels", members(200)),
        Case(lambda w: f"/api/label-sets/{w.model.pk}/labels?revision=0", members(200)),
    ],
    ("GET", f"{LABEL_SET}/events"): [
        Case(lambda w: f"/api/label-sets/{w.human.pk}/events", members(200))
    ],
    ("GET", f"{LABEL_SET}/effort"): [
        Case(lambda w: f"/api/label-sets/{w.human.pk}/effort", members(200))
    ],
    ("PUT", f"{LABEL_SET}/effort/<uuid:visit_id>"): [
        Case(
            lambda w: f"/api/label-sets/{w.human.pk}/effort/{uuid.uuid4()}",
            (200, 403, 200, 200, 404, 401),
            lambda w: {"actions": 3, "active_s": 12.5},
        ),
        Case(
            lambda w: f"/api/label-sets/{w.model.pk}/effort/{uuid.uuid4()}",
            (200, 200, 403, 403, 404, 401),
            lambda w: {"actions": 3, "active_s": 12.5},
        ),
    ],
    ("POST", f"{LABEL_SET}/operations"): [
        Case(
            lambda w: f"/api/label-sets/{w.human.pk}/operations",
            (200, 403, 200, 200, 404, 401),
            operations,
        ),
        Case(
            lambda w: f"/api/label-sets/{w.model.pk}/operations",
            (200, 200, 403, 403, 404, 401),
            operations,
        ),
    ],
    ("POST", f"{CLIP}/fit-box"): [
        Case(
            lambda w: f"/api/clips/{w.clip.pk}/fit-box",
            (200, 403, 200, 200, 404, 401),
            lambda w: (
                {"layer": "objects", "class": "car", "point_m": [5.0, 0.0, 0.0]}
                | {"time_ns": str(w.clip.start_ns)}
            ),
        )
    ],
    ("POST", f"{CLIP}/track-box"): [
        Case(
            lambda w: f"/api/clips/{w.clip.pk}/track-box",
            (200, 403, 200, 200, 404, 401),
            lambda w: (
                {"layer": "objects", "class": "car", "time_ns": str(w.clip.start_ns)}
                | {
                    "box": {
                        "position_m": [5.0, 0.0, 0.4],
                        "quat_xyzw": [0.0, 0.0, 0.0, 1.0],
                        "size_m": [4.6, 1.9, 1.6],
                    }
                }
            ),
        )
    ],
    ("POST", "api/work/claim"): [Case(lambda w: "/api/work/claim", members(200, outside=200))],
    ("GET", "api/work/mine"): [Case(lambda w: "/api/work/mine", members(200, outside=200))],
    ("GET", "api/work/home"): [Case(lambda w: "/api/work/home", members(200, outside=200))],
    ("GET", f"{LABEL_SET}/task"): [
        Case(lambda w: f"/api/label-sets/{w.human.pk}/task", members(200))
    ],
    ("GET", "api/projects/<slug:slug>/members"): [
        Case(lambda w: "/api/projects/a/members", members(200))
    ],
    ("POST", f"{LABEL_SET}/presence"): [
        Case(
            lambda w: f"/api/label-sets/{w.human.pk}/presence",
            members(200),
            lambda w: {"tab_id": str(uuid.uuid4()), "selected": []},
        )
    ],
    ("POST", "api/leases/<uuid:lease_id>/heartbeat"): [
        Case(
            lambda w: lease_path(w, "heartbeat"),
            (409, 409, 409, 200, 404, 401),
            lambda w: {"token": 1},
        )
    ],
    ("POST", "api/leases/<uuid:lease_id>/finish"): [
        Case(
            lambda w: lease_path(w, "finish"),
            (409, 409, 409, 200, 404, 401),
            lambda w: {"token": 1, "action": "submit"},
        )
    ],
    ("GET", "api/tasks/<uuid:task_id>"): [
        Case(lambda w: f"/api/tasks/{a_task(w).pk}", members(200))
    ],
    ("GET", "api/tasks/<uuid:task_id>/events"): [
        Case(lambda w: f"/api/tasks/{a_task(w).pk}/events", members(200))
    ],
    ("GET", "api/tasks/<uuid:task_id>/comments"): [
        Case(lambda w: f"/api/tasks/{a_task(w).pk}/comments", members(200))
    ],
    ("POST", "api/tasks/<uuid:task_id>/comments"): [
        Case(
            lambda w: f"/api/tasks/{a_task(w).pk}/comments",
            members(201),
            lambda w: {"body": "turn it round"},
        )
    ],
    ("GET", "api/tasks/<uuid:task_id>/changes"): [
        Case(lambda w: f"/api/tasks/{a_task(w).pk}/changes", members(200))
    ],
    ("GET", "api/label-sets/<uuid:label_set_id>/comparison/<uuid:reference_id>"): [
        Case(
            lambda w: f"/api/label-sets/{w.model.pk}/comparison/{w.model.pk}",
            (200, 200, 200, 403, 404, 401),
        )
    ],
    ("GET", "api/tasks/<uuid:task_id>/correction"): [
        Case(lambda w: f"/api/tasks/{a_task(w).pk}/correction", members(204))
    ],
    ("PATCH", "api/comments/<uuid:comment_id>"): [
        Case(
            lambda w: f"/api/comments/{a_comment(w).pk}",
            members(200),
            lambda w: {"is_resolved": True},
        ),
        Case(
            lambda w: f"/api/comments/{a_comment(w).pk}",
            (403, 403, 403, 200, 404, 401),
            lambda w: {"body": "or don't"},
        ),
    ],
    ("GET", "api/comments/<uuid:comment_id>/events"): [
        Case(lambda w: f"/api/comments/{a_comment(w).pk}/events", members(200))
    ],
    ("GET", "api/projects/<slug:slug>/tasks"): [
        Case(lambda w: "/api/projects/a/tasks", members(200))
    ],
    ("GET", "api/projects/<slug:slug>/tasks/file"): [
        Case(lambda w: "/api/projects/a/tasks/file", members(200))
    ],
    ("GET", "api/projects/<slug:slug>/people"): [
        Case(lambda w: "/api/projects/a/people", (200, 403, 403, 403, 404, 401))
    ],
    ("POST", "api/projects/<slug:slug>/people"): [
        Case(
            lambda w: "/api/projects/a/people",
            (201, 403, 403, 403, 404, 401),
            lambda w: {"username": "stranger", "role": "labeller"},
        )
    ],
    ("GET", "api/projects/<slug:slug>/people/file"): [
        Case(lambda w: "/api/projects/a/people/file", (200, 403, 403, 403, 404, 401))
    ],
    ("PATCH", "api/projects/<slug:slug>/people/<uuid:user_id>"): [
        Case(
            lambda w: f"/api/projects/a/people/{member(w, 'labeller')}",
            (200, 403, 403, 403, 404, 401),
            lambda w: {"skills": ["night"]},
        )
    ],
    ("DELETE", "api/projects/<slug:slug>/people/<uuid:user_id>"): [
        Case(
            lambda w: f"/api/projects/a/people/{member(w, 'engineer')}",
            (204, 403, 403, 403, 404, 401),
        )
    ],
    ("GET", "api/projects/<slug:slug>/invitations"): [
        Case(lambda w: "/api/projects/a/invitations", (200, 403, 403, 403, 404, 401))
    ],
    ("POST", "api/projects/<slug:slug>/invitations"): [
        Case(
            lambda w: "/api/projects/a/invitations",
            (201, 403, 403, 403, 404, 401),
            lambda w: {"role": "labeller"},
        )
    ],
    ("DELETE", "api/projects/<slug:slug>/invitations/<uuid:invitation_id>"): [
        Case(
            lambda w: f"/api/projects/a/invitations/{an_invitation(w).pk}",
            (204, 403, 403, 403, 404, 401),
        )
    ],
    # Who has the link may: these have none.
    ("POST", "api/invitations/look"): [
        Case(lambda w: "/api/invitations/look", (404,) * 6, lambda w: {"text": "nothing"})
    ],
    ("POST", "api/invitations/accept"): [
        Case(lambda w: "/api/invitations/accept", (404,) * 6, lambda w: {"text": "nothing"})
    ],
    ("GET", "api/projects/<slug:slug>/work-by-day"): [
        Case(lambda w: "/api/projects/a/work-by-day", (200, 200, 200, 403, 404, 401))
    ],
    ("GET", "api/projects/<slug:slug>/work-by-day/file"): [
        Case(lambda w: "/api/projects/a/work-by-day/file", (200, 200, 200, 403, 404, 401))
    ],
    ("POST", "api/projects/<slug:slug>/tasks"): [
        Case(
            lambda w: f"/api/projects/{a_task(w).project.slug}/tasks",
            (201, 403, 403, 403, 404, 401),
            lambda w: {"layer": "road"},
        )
    ],
    ("POST", "api/projects/<slug:slug>/tasks/change"): [
        Case(
            lambda w: "/api/projects/a/tasks/change",
            (200, 403, 403, 403, 404, 401),
            lambda w: {"task_ids": [str(uuid.uuid4())], "action": "hold"},
        )
    ],
    ("GET", "api/projects/<slug:slug>/board"): [
        Case(lambda w: "/api/projects/a/board", (200, 200, 200, 403, 404, 401))
    ],
    ("GET", "api/projects/<slug:slug>/at-work"): [
        Case(lambda w: "/api/projects/a/at-work", (200, 200, 200, 403, 404, 401))
    ],
    ("GET", "api/projects/<slug:slug>/workflow"): [
        Case(lambda w: "/api/projects/a/workflow", members(204))
    ],
    ("PUT", "api/projects/<slug:slug>/workflow"): [
        Case(
            lambda w: "/api/projects/a/workflow",
            (200, 403, 403, 403, 404, 401),
            lambda w: {"review_share": 0.5},
        )
    ],
    ("GET", "api/projects/<slug:slug>/agreement"): [
        Case(lambda w: "/api/projects/a/agreement", (200, 200, 200, 403, 404, 401))
    ],
    ("GET", "api/projects/<slug:slug>/agreement/file"): [
        Case(lambda w: "/api/projects/a/agreement/file", (200, 200, 200, 403, 404, 401))
    ],
    ("POST", "api/projects/<slug:slug>/agreement"): [
        Case(
            lambda w: "/api/projects/a/agreement",
            # An admin is told that the project works without tasks.
            (409, 403, 403, 403, 404, 401),
            lambda w: {"layer": "objects", "clip_ids": [str(w.clip.pk)]},
        )
    ],
    ("GET", "api/projects/<slug:slug>/agreement/groups"): [
        Case(lambda w: "/api/projects/a/agreement/groups", (200, 200, 200, 403, 404, 401))
    ],
    ("GET", "api/tasks/<uuid:task_id>/versions"): [
        # A task like others: there is nothing to decide between.
        Case(lambda w: f"/api/tasks/{a_task(w).pk}/versions", members(204))
    ],
    ("GET", "api/projects/<slug:slug>/pre-labels"): [
        Case(lambda w: "/api/projects/a/pre-labels", (200, 200, 200, 403, 404, 401))
    ],
    ("POST", "api/projects/<slug:slug>/pre-labels"): [
        Case(
            lambda w: "/api/projects/a/pre-labels",
            (200, 403, 403, 403, 404, 401),
            lambda w: {"layer": "objects"},
        )
    ],
    ("GET", "api/projects/<slug:slug>/exports"): [
        Case(lambda w: "/api/projects/a/exports", (200, 200, 200, 403, 404, 401))
    ],
    ("POST", "api/projects/<slug:slug>/exports"): [
        Case(
            lambda w: "/api/projects/a/exports",
            (201, 201, 201, 403, 404, 401),
            lambda w: {"layer": "objects", "source": "gold", "formats": ["coco"]},
        )
    ],
    ("GET", EXPORT): [
        Case(lambda w: f"/api/exports/{w.waiting.pk}", (200, 200, 200, 403, 404, 401))
    ],
    ("POST", "api/projects/<slug:slug>/clip-uploads"): [
        Case(
            lambda w: "/api/projects/a/clip-uploads",
            (201, 201, 403, 403, 404, 401),
            lambda w: {"size": 10},
        )
    ],
    ("GET", UPLOAD): [
        Case(lambda w: f"/api/clip-uploads/{an_upload(w).pk}", (200, 200, 403, 403, 404, 401))
    ],
    ("DELETE", UPLOAD): [
        Case(lambda w: f"/api/clip-uploads/{an_upload(w).pk}", (204, 204, 403, 403, 404, 401))
    ],
    ("PUT", f"{UPLOAD}/parts/<int:number>"): [
        # What is no bytes is refused once it is known who may send some.
        Case(
            lambda w: f"/api/clip-uploads/{an_upload(w).pk}/parts/0",
            (415, 415, 403, 403, 404, 401),
            lambda w: {},
        )
    ],
    ("POST", f"{UPLOAD}/finish"): [
        Case(
            lambda w: f"/api/clip-uploads/{an_upload(w).pk}/finish",
            (409, 409, 403, 403, 404, 401),
        )
    ],
    ("POST", "api/projects/<slug:slug>/label-imports"): [
        Case(
            lambda w: "/api/projects/a/label-imports",
            (201, 201, 403, 403, 404, 401),
            lambda w: {"size": 10},
        )
    ],
    ("GET", LABEL_IMPORT): [
        Case(lambda w: f"/api/label-imports/{an_import(w).pk}", (200, 200, 403, 403, 404, 401))
    ],
    ("DELETE", LABEL_IMPORT): [
        Case(lambda w: f"/api/label-imports/{an_import(w).pk}", (204, 204, 403, 403, 404, 401))
    ],
    ("PUT", f"{LABEL_IMPORT}/parts/<int:number>"): [
        Case(
            lambda w: f"/api/label-imports/{an_import(w).pk}/parts/0",
            (415, 415, 403, 403, 404, 401),
            lambda w: {},
        )
    ],
    ("POST", f"{LABEL_IMPORT}/run"): [
        Case(
            lambda w: f"/api/label-imports/{an_import(w).pk}/run",
            (409, 409, 403, 403, 404, 401),
            lambda w: {},
        )
    ],
    ("GET", "api/projects/<slug:slug>/datasets"): [
        Case(lambda w: "/api/projects/a/datasets", ENGINEERS)
    ],
    ("POST", "api/projects/<slug:slug>/datasets"): [
        Case(
            lambda w: "/api/projects/a/datasets",
            (201, 201, 201, 403, 404, 401),
            lambda w: {"name": f"set-{uuid.uuid4().hex}"},
        )
    ],
    ("POST", "api/projects/<slug:slug>/datasets/preview"): [
        Case(
            lambda w: "/api/projects/a/datasets/preview",
            ENGINEERS,
            lambda w: {"query": {"layers": ["objects"]}},
        )
    ],
    ("GET", "api/projects/<slug:slug>/datasets/facets"): [
        Case(lambda w: "/api/projects/a/datasets/facets", ENGINEERS)
    ],
    ("POST", "api/projects/<slug:slug>/target-specs/check"): [
        Case(
            lambda w: "/api/projects/a/target-specs/check",
            ENGINEERS,
            lambda w: {"text": "kind: objects2d"},
        )
    ],
    ("GET", "api/projects/<slug:slug>/target-preview"): [
        Case(lambda w: "/api/projects/a/target-preview", ENGINEERS)
    ],
    ("POST", "api/projects/<slug:slug>/target-preview"): [
        Case(
            lambda w: "/api/projects/a/target-preview",
            # The clip has no such camera: whoever may look is told so.
            (400, 400, 400, 403, 404, 401),
            lambda w: {
                "clip_id": str(w.clip.pk),
                "camera": "none",
                "index": 0,
                "layers": ["objects"],
                "sources": ["gold"],
            },
        )
    ],
    ("GET", "api/projects/<slug:slug>/hold-outs"): [
        Case(lambda w: "/api/projects/a/hold-outs", ENGINEERS)
    ],
    ("POST", "api/projects/<slug:slug>/hold-outs"): [
        Case(
            lambda w: "/api/projects/a/hold-outs",
            (201, 201, 201, 403, 404, 401),
            lambda w: {"kind": "clip", "what": {"clip_id": str(w.clip.pk)}},
        )
    ],
    ("DELETE", "api/hold-outs/<uuid:hold_out_id>"): [
        Case(
            lambda w: f"/api/hold-outs/{a_hold_out(w).pk}",
            (204, 204, 204, 403, 404, 401),
        )
    ],
    ("GET", "api/datasets/<uuid:dataset_id>/versions"): [
        Case(lambda w: f"/api/datasets/{a_version(w).dataset_id}/versions", ENGINEERS)
    ],
    ("POST", "api/datasets/<uuid:dataset_id>/versions"): [
        Case(
            lambda w: f"/api/datasets/{a_version(w).dataset_id}/versions",
            (201, 201, 201, 403, 404, 401),
            # Another spec each time: a version that says the same as the one before is refused.
            lambda w: {
                "query": {"layers": ["objects"]},
                "spec": {"kind": "objects2d", "name": uuid.uuid4().hex},
            },
        )
    ],
    ("GET", DATASET_VERSION): [
        Case(lambda w: f"/api/dataset-versions/{a_version(w).pk}", ENGINEERS)
    ],
    ("GET", f"{DATASET_VERSION}/card"): [
        Case(lambda w: f"/api/dataset-versions/{a_version(w).pk}/card", ENGINEERS)
    ],
    ("POST", f"{DATASET_VERSION}/card"): [
        Case(lambda w: f"/api/dataset-versions/{a_version(w).pk}/card", ENGINEERS)
    ],
    ("GET", f"{DATASET_VERSION}/card/file"): [
        Case(
            lambda w: f"/api/dataset-versions/{a_version(w).pk}/card/file",
            (409, 409, 409, 403, 404, 401),
        )
    ],
    ("GET", f"{DATASET_VERSION}/items"): [
        Case(lambda w: f"/api/dataset-versions/{a_version(w).pk}/items", ENGINEERS)
    ],
    ("GET", f"{DATASET_VERSION}/since/<uuid:other_id>"): [
        Case(
            lambda w: f"/api/dataset-versions/{a_version(w).pk}/since/{a_version(w).pk}",
            ENGINEERS,
        )
    ],
    ("POST", f"{DATASET_VERSION}/deprecate"): [
        Case(
            lambda w: f"/api/dataset-versions/{a_version(w).pk}/deprecate",
            (409, 409, 409, 403, 404, 401),
            deprecated,
        )
    ],
    ("POST", f"{DATASET_VERSION}/exports"): [
        Case(
            lambda w: f"/api/dataset-versions/{a_version(w).pk}/exports",
            (201, 201, 201, 403, 404, 401),
            lambda w: {"formats": ["parquet"]},
        )
    ],
    ("POST", f"{EXPORT}/links"): [
        Case(
            lambda w: f"/api/exports/{w.waiting.pk}/links",
            (409, 409, 409, 403, 404, 401),
            lambda w: {"expires_s": 60},
        )
    ],
    # A link is all that is needed; this one is nobody's.
    ("GET", "api/signed-files/<str:token>"): [
        Case(lambda w: "/api/signed-files/nobodys", (404, 404, 404, 404, 404, 404))
    ],
    ("POST", f"{EXPORT}/cancel"): [
        Case(lambda w: f"/api/exports/{w.waiting.pk}/cancel", (200, 200, 200, 403, 404, 401))
    ],
    ("GET", f"{EXPORT}/files/<str:name>"): [
        Case(
            lambda w: f"/api/exports/{w.done.pk}/files/targets.parquet",
            (200, 200, 200, 403, 404, 401),
        )
    ],
}


@pytest.fixture
def world(cast: Any, ontology: Any, tmp_path: Path) -> World:
    folder = write_clip_folder(tmp_path / "street")
    imported = clip_import(
        actor=None, project=cast.project, folder=folder, progress=lambda *_: None
    )
    human = LabelSet.objects.create(clip=imported.clip, layer="objects", source="human")
    model = LabelSet.objects.create(clip=imported.clip, layer="objects", source="model")
    done, waiting = (
        export_create(
            actor=None,
            project=cast.project,
            clip_ids=None,
            layer="objects",
            source="gold",
            formats=["parquet"],
        )
        for _ in range(2)
    )
    done.files = [{"name": "targets.parquet", "size": 4, "sha256": "0" * 64}]
    done.files_prefix = files_prefix(done.pk, 1)
    done.save()
    export_storage().save(f"{done.files_prefix}/targets.parquet", ContentFile(b"PAR1"))
    cloud_name = cloud_file_name(CLOUD_VERSION, "0.glb")
    clip_storage().save(f"{imported.clip.storage_prefix}/{cloud_name}", ContentFile(b"glTF"))
    return World(imported.clip, human, model, done, waiting)


def test_every_route_has_a_row_in_the_table() -> None:
    assert set(ROUTES) - set(TABLE) == set()


def test_the_table_has_no_row_for_a_route_that_is_not_there() -> None:
    assert set(TABLE) - set(ROUTES) == set()


@pytest.mark.parametrize(("method", "route"), sorted(TABLE))
def test_each_of_the_cast_gets_the_answer_of_the_table(
    cast: Any, world: World, method: str, route: str
) -> None:
    for case in TABLE[method, route]:
        found = {}
        for name in CAST:
            body = None if case.body is None else case.body(world)
            client = cast.client(name)
            with transaction.atomic():
                response = client.send(method, case.path(world), body)
                # Each of the cast finds the world as it was made.
                transaction.set_rollback(True)
            read_whole(response)
            found[name] = response.status_code
            if response.status_code >= 400:
                assert set(response.json()) == {"code", "message", "details", "request_id"}
        assert found == dict(zip(CAST, case.expected, strict=True)), case.path(world)


@pytest.mark.parametrize(("method", "route"), [key for key in sorted(TABLE) if "<uuid:" in key[1]])
def test_what_is_not_there_reads_like_what_is_not_theirs(
    cast: Any, world: World, method: str, route: str
) -> None:
    for case in TABLE[method, route]:
        path = case.path(world)
        # The first one says what it is about; a visit's is the client's own.
        own_id = next(part for part in path.replace("?", "/").split("/") if part.count("-") == 4)
        body = None if case.body is None else case.body(world)
        theirs = cast.client("stranger").send(method, path, body)
        none = cast.client("stranger").send(method, path.replace(own_id, str(uuid.uuid4())), body)
        assert (theirs.status_code, none.status_code) == (404, 404)
        assert theirs.json()["code"] == none.json()["code"] == "not_found"


def test_a_membership_that_ends_ends_at_once(cast: Any, world: World) -> None:
    client = cast.client("labeller")
    path = f"/api/clips/{world.clip.pk}"
    assert client.get(path).status_code == 200
    read_whole(client.get(f"{path}/images/front/0"))
    cast.project.memberships.filter(user=cast["labeller"]).delete()
    assert client.get(path).status_code == 404
    assert client.get(f"{path}/images/front/0").status_code == 404


def test_a_picture_got_once_is_not_got_again_by_its_etag_without_membership(
    cast: Any, world: World
) -> None:
    path = f"/api/clips/{world.clip.pk}/images/front/0"
    first = cast.client("labeller").get(path)
    read_whole(first)
    etag = first["ETag"]
    assert cast.client("stranger").get(path, headers={"If-None-Match": etag}).status_code == 404
