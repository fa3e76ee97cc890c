"""The fixed cast: who is who in every test that goes through HTTP.

Project A has an admin, an engineer, a reviewer and a labeller. The stranger is the admin of B.
Nobody is logged in as ``anonymous``. Everything else is made by the tests themselves.
"""

import json
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from labelapp.accounts.models import User
from labelapp.clips.models import Clip
from labelapp.labels.models import LabelSet
from labelapp.ontology.models import OntologyVersion
from labelapp.ontology.services import ontology_create
from labelapp.projects.models import Membership, Project, Role
from tests.serving import served

ROOT = Path(__file__).resolve().parents[2]
MEMBERS = {
    "admin": Role.ADMIN,
    "engineer": Role.ENGINEER,
    "reviewer": Role.REVIEWER,
    "labeller": Role.LABELLER,
}
CAST = (*MEMBERS, "stranger", "anonymous")


@dataclass
class Cast:
    """The people, their projects, and a logged-in client for each."""

    project: Project
    other_project: Project
    users: dict[str, User]
    _clients: dict[str, Client] = field(default_factory=dict)

    def __getitem__(self, name: str) -> User:
        return self.users[name]

    def client(self, name: str) -> "Browser":
        """A client that is logged in as one of the cast."""
        if name not in self._clients:
            client = Browser()
            if name != "anonymous":
                client.force_login(self.users[name])
            self._clients[name] = client
        return self._clients[name]


class Browser(Client):
    """A test client that speaks JSON."""

    def send(self, method: str, path: str, body: Any = None) -> Any:
        """Send a request with a JSON body, and return the response."""
        content = b"" if body is None else json.dumps(body).encode()
        return self.generic(method, path, content, content_type="application/json")


@pytest.fixture
def cast(db: None) -> Cast:
    """The fixed cast."""
    project = Project.objects.create(slug="a", name="Project A")
    other = Project.objects.create(slug="b", name="Project B")
    users = {name: User.objects.create_user(name) for name in (*MEMBERS, "stranger")}
    for name, role in MEMBERS.items():
        Membership.objects.create(project=project, user=users[name], role=role)
    Membership.objects.create(project=other, user=users["stranger"], role=Role.ADMIN)
    return Cast(project, other, users)


@pytest.fixture(scope="session")
def default_ontology() -> dict[str, Any]:
    """The ontology that comes along."""
    text = (ROOT / "labelapp" / "ontology" / "default.json").read_text()
    body: dict[str, Any] = json.loads(text)
    return body


@pytest.fixture
def ontology(cast: Cast, default_ontology: dict[str, Any]) -> OntologyVersion:
    """Project A's ontology."""
    return ontology_create(actor=None, project=cast.project, body=default_ontology)


@pytest.fixture
def make_clip(cast: Cast) -> Callable[..., Clip]:
    """Makes clips as rows only: nothing of them lies in storage."""

    def make(project: Project | None = None, name: str = "clip") -> Clip:
        unique = uuid.uuid4().hex
        return Clip.objects.create(
            project=project or cast.project,
            name=name,
            content_hash=unique * 2,
            storage_prefix=unique,
            start_ns=0,
            end_ns=10_000_000_000,
            camera_count=1,
            image_count=10,
            picture_count=10,
            sweep_count=1,
            tick_count=1,
            stored_bytes=1,
        )

    return make


@pytest.fixture
def clip(make_clip: Callable[..., Clip]) -> Clip:
    """A clip of project A, as a row only."""
    return make_clip()


@pytest.fixture
def label_set(clip: Clip, ontology: OntologyVersion) -> LabelSet:
    """A label set of people's work on the objects of project A's clip."""
    return LabelSet.objects.create(clip=clip, layer="objects", source="human")


@pytest.fixture(scope="module")
def s3_address() -> Iterator[str]:
    """The address of a server that speaks S3."""
    with served("moto.server", "-H", "127.0.0.1") as address:
        yield address
