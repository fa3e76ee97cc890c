"""Making data sets, holding recordings out, and deprecating versions."""

import uuid
from typing import Any

from django.db import IntegrityError, transaction

from labelapp.accounts.models import User
from labelapp.clips.models import Clip
from labelapp.common.checking import FieldError, as_number, as_object, as_text, refuse_unknown
from labelapp.common.errors import InvalidError
from labelapp.datasets.errors import DatasetNameTakenError, VersionDeprecatedError
from labelapp.datasets.models import Dataset, DatasetDeprecation, DatasetVersion, HoldOut
from labelapp.projects.models import Project
from labelapp.projects.policies import require


def dataset_create(
    *, actor: User | None, project: Project, name: str, description: str = ""
) -> Dataset:
    """Return a new data set without versions.

    Raises:
        ForbiddenError: the actor's role may not.
        DatasetNameTakenError: the project has one of this name.
    """
    if actor is not None:
        require(actor, project, "export")
    try:
        with transaction.atomic():
            return Dataset.objects.create(
                project=project, name=name, description=description, created_by=actor
            )
    except IntegrityError as error:
        if "dataset_named_once_in_project" in str(error):
            msg = f"Project '{project.slug}' has a data set '{name}' already."
            raise DatasetNameTakenError(msg) from error
        msg = f"name: expected lower-case words joined by - or _, found '{name}'."
        raise InvalidError(msg, details={"fields": {"name": [msg]}}) from error


def version_deprecate(*, actor: User | None, version: DatasetVersion, reason: str) -> None:
    """Say that a version should not be used any more; what was exported of it stays.

    Raises:
        ForbiddenError: the actor's role may not.
        InvalidError: there is no reason.
        VersionDeprecatedError: it is deprecated already.
    """
    if actor is not None:
        require(actor, version.dataset.project, "export")
    if not reason.strip():
        msg = "reason: expected why nobody should use it any more, found nothing."
        raise InvalidError(msg, details={"fields": {"reason": [msg]}})
    _, is_new = DatasetDeprecation.objects.get_or_create(
        version=version, defaults={"reason": reason.strip(), "created_by": actor}
    )
    if not is_new:
        msg = f"Version {version.number} of '{version.dataset.name}' is deprecated already."
        raise VersionDeprecatedError(msg)


def hold_out_create(
    *, actor: User | None, project: Project, kind: str, what: Any, reason: str = ""
) -> HoldOut:
    """Hold a recording, a trip or a place out: later versions never put it into training.

    Args:
        actor: who asks; None for a command.
        project: whose.
        kind: ``clip``, ``trip`` or ``place``.
        what: ``{"clip_id"}``, ``{"attribute", "value"}`` or ``{"latitude_deg", "longitude_deg",
            "radius_m"}``.
        reason: why, for people.

    Raises:
        ForbiddenError: the actor's role may not.
        InvalidError: with the field, what was expected and what was found.
    """
    if actor is not None:
        require(actor, project, "export")
    try:
        checked = _checked_what(project, kind, what)
    except FieldError as error:
        msg = f"{error}."
        raise InvalidError(msg, details={"fields": {"what": [msg]}}) from error
    found, _ = HoldOut.objects.get_or_create(
        project=project, kind=kind, what=checked, defaults={"reason": reason, "created_by": actor}
    )
    return found


def hold_out_remove(*, actor: User | None, hold_out: HoldOut) -> None:
    """Forget that something is held out; versions that are frozen stay as they are.

    Raises:
        ForbiddenError: the actor's role may not.
    """
    if actor is not None:
        require(actor, hold_out.project, "export")
    hold_out.delete()


def _checked_what(project: Project, kind: str, what: object) -> dict[str, Any]:
    body = as_object(what, "what")
    if kind == HoldOut.Kind.CLIP:
        refuse_unknown(body, "what", ("clip_id",))
        return {"clip_id": str(_clip_id(project, body.get("clip_id")))}
    if kind == HoldOut.Kind.TRIP:
        refuse_unknown(body, "what", ("attribute", "value"))
        value = body.get("value")
        if not isinstance(value, str | bool):
            value = as_number(value, "what.value", expected="a text, a number or a boolean")
        name = as_text(body.get("attribute"), "what.attribute", at_most=200)
        return {"attribute": name, "value": value}
    limits = {"latitude_deg": 90.0, "longitude_deg": 180.0, "radius_m": 1e6}
    refuse_unknown(body, "what", limits)
    numbers = {}
    for name, most in limits.items():
        least = 0.0 if name == "radius_m" else -most
        expected = f"a number from {least:g} to {most:g}"
        numbers[name] = as_number(body.get(name), f"what.{name}", expected=expected)
        if not least <= numbers[name] <= most:
            raise FieldError(f"what.{name}", expected, numbers[name])
    return numbers


def _clip_id(project: Project, value: object) -> uuid.UUID:
    expected = f"the id of a clip of project '{project.slug}'"
    try:
        clip_id = uuid.UUID(str(value))
    except ValueError as error:
        raise FieldError("what.clip_id", expected, value) from error
    if not Clip.objects.filter(project=project, pk=clip_id).exists():
        raise FieldError("what.clip_id", expected, value)
    return clip_id
