"""What admins say is gold, and how often it is handed out."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import ProtectedError

from labelapp.accounts.models import User
from labelapp.common.errors import ConflictError, InvalidError
from labelapp.labels.checks import layer_of
from labelapp.labels.models import LabelSet, Source
from labelapp.projects.models import Project
from labelapp.training.models import Gold, GoldSettings
from labelapp.work.models import Task
from labelapp.work.policies import require_manager
from labelapp.work.stages import State


@transaction.atomic
def gold_settings_save(*, actor: User, project: Project, **values: Any) -> GoldSettings:
    """Set how labellers are checked with gold.

    Raises:
        InvalidError: A setting out of its range.
    """
    require_manager(actor, project)
    found = GoldSettings.objects.select_for_update().filter(project=project).first()
    found = found or GoldSettings(project=project)
    for name, value in values.items():
        setattr(found, name, value)
    try:
        found.full_clean(validate_unique=False, validate_constraints=False)
    except ValidationError as error:
        msg = "The gold settings have values out of range."
        raise InvalidError(msg, details={"fields": error.message_dict}) from error
    found.save()
    return found


@transaction.atomic
def gold_create(
    *, actor: User, project: Project, label_set: LabelSet, is_hidden_check: bool
) -> Gold:
    """Take a label set as it is now for right.

    Raises:
        InvalidError: It is another project's, a layer that nobody can label, or empty.
        ConflictError: Somebody works on it.
    """
    require_manager(actor, project)
    if label_set.clip.project_id != project.pk:
        msg = f"label_set_id: this label set is not of project '{project.slug}'."
        raise InvalidError(msg, details={"fields": {"label_set_id": [msg]}})
    if layer_of(project, label_set.layer) is None:
        msg = f"label_set_id: the project's ontology has no layer '{label_set.layer}'."
        raise InvalidError(msg, details={"fields": {"label_set_id": [msg]}})
    if not label_set.labels.filter(body__isnull=False).exists():
        msg = "label_set_id: this label set has no labels to compare with."
        raise InvalidError(msg, details={"fields": {"label_set_id": [msg]}})
    unfinished = Task.objects.filter(label_set=label_set).exclude(state=State.CLOSED.value)
    if label_set.source == Source.HUMAN and unfinished.exists():
        msg = "These labels are still worked on: accept their task first."
        raise ConflictError(msg)
    found, _ = Gold.objects.update_or_create(
        label_set=label_set,
        revision=label_set.revision,
        defaults={"is_hidden_check": is_hidden_check},
        create_defaults={
            "project": project,
            "clip": label_set.clip,
            "layer": label_set.layer,
            "is_hidden_check": is_hidden_check,
            "created_by": actor,
        },
    )
    return found


@transaction.atomic
def gold_remove(*, actor: User, gold: Gold) -> None:
    """Hand a gold label set out no more; one that nobody ever got is forgotten.

    Raises:
        ConflictError: A course uses it.
    """
    require_manager(actor, gold.project)
    if gold.attempts.exists():
        gold.is_hidden_check = False
        gold.save(update_fields=["is_hidden_check"])
        return
    try:
        gold.delete()
    except ProtectedError as error:
        msg = "A course uses this gold: close the course, or leave it."
        raise ConflictError(msg) from error
