"""Telling the database who acts, so that its triggers can write it down.

Before a statement that writes to an audited table, the connection is told who sends the request
(or that nobody does): one more round trip for these few statements, none for all others.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Final

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.http import HttpRequest, HttpResponse

from labelapp.common.middleware import request_id_of

#: Tables with a trigger of ``triggers.audited``.
AUDITED: Final = (
    *("accounts_user", "accounts_apitoken", "mfa_authenticator"),
    "accounts_oidcidentity",
    *("projects_project", "projects_membership", "projects_invitation"),
    *("ontology_ontologyversion", "clips_clip", "labels_labelset", "datasets_export"),
    *("work_workflow", "work_skill", "work_qualification", "work_taskevent"),
    *("training_gold", "training_goldsettings", "training_course", "notices_webhook"),
)
# Every save raises a label set's revision, of which the log tells nothing.
_WRITES = re.compile(
    r"\s*(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM)\s+\"?(?:"
    + "|".join(AUDITED)
    + r")\"?(?:\s|\()(?!SET \"revision\")",
    re.IGNORECASE,
)
_TELL = "SELECT set_config('labelapp.actor', %s, false), set_config('labelapp.request', %s, false)"

Execute = Callable[[str, Any, bool, dict[str, Any]], Any]


@dataclass(frozen=True, slots=True)
class _Acting:
    """Who acts: asked for late, as an API token is read after the middleware."""

    user_id: Callable[[], str]
    request_id: str


_acting: ContextVar[_Acting | None] = ContextVar("labelapp_acting", default=None)


def install() -> None:
    """Have every database connection tell who acts."""
    connection_created.connect(_wrap, dispatch_uid="labelapp.audit")


def _wrap(connection: BaseDatabaseWrapper, **_: object) -> None:
    if _tell_first not in connection.execute_wrappers:
        connection.execute_wrappers.append(_tell_first)


def _tell_first(
    execute: Execute,
    sql: str,
    params: Any,
    many: bool,  # noqa: FBT001  Django's signature
    context: dict[str, Any],
) -> Any:
    if _WRITES.match(sql):
        acting = _acting.get()
        told = ("", "") if acting is None else (acting.user_id(), acting.request_id)
        context["cursor"].execute(_TELL, told)
    return execute(sql, params, many, context)


class ActingMiddleware:
    """Notes whose request it is, for as long as it is answered."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request."""
        mark = _acting.set(_Acting(lambda: _user_id(request), request_id_of(request)))
        try:
            return self.get_response(request)
        finally:
            _acting.reset(mark)


@contextmanager
def acting_as(user_id: object) -> Iterator[None]:
    """Say who acts where there is no request: in a job, a command."""
    mark = _acting.set(_Acting(lambda: str(user_id), ""))
    try:
        yield
    finally:
        _acting.reset(mark)


def _user_id(request: HttpRequest) -> str:
    user = getattr(request, "user", None)
    return str(user.pk) if user is not None and user.is_authenticated else ""
