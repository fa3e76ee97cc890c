"""Whose role asks for a second factor, as ``LABELAPP_SECOND_FACTOR`` says."""

from uuid import UUID

from django.conf import settings

from labelapp.accounts import second_factor
from labelapp.accounts.models import User
from labelapp.common.prepared import Prepared
from labelapp.projects.models import Membership, Role

_roles: Prepared[tuple[str, str]] = Prepared(
    lambda user_id: (
        Membership.objects.filter(user_id=user_id).order_by().values_list("role", "project__slug")
    ),
    user_id=UUID,
)


def register() -> None:
    """Have accounts ask here."""
    second_factor.register_demand(is_demanded)


def is_demanded(user: User) -> bool:
    """Whether somebody's role asks for a second factor; superusers are admins everywhere."""
    asked: frozenset[str] = settings.SECOND_FACTOR_FOR
    if not asked:
        return False
    if user.is_superuser:
        return any(entry.partition("@")[0] in {"*", Role.ADMIN.value} for entry in asked)
    return any(
        not asked.isdisjoint({role, "*", f"{role}@{slug}", f"*@{slug}"})
        for role, slug in _roles.all(user_id=user.pk)
    )
