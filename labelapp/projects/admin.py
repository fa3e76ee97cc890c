"""Projects and their members in Django's admin."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from labelapp.common.admin import ModelAdmin
from labelapp.common.append_only import purging
from labelapp.projects.models import Membership, Project

if TYPE_CHECKING:
    _Inline = admin.TabularInline[Membership, Project]
else:
    _Inline = admin.TabularInline


class MembershipInline(_Inline):
    """The members of a project, below it."""

    model = Membership
    extra = 0
    autocomplete_fields = ["user"]


@admin.register(Project)
class ProjectAdmin(ModelAdmin):
    """Projects, with their members."""

    list_display = ["name", "slug", "created_at"]
    search_fields = ["name", "slug"]
    inlines = [MembershipInline]

    def get_deleted_objects(
        self,
        objs: Any,
        request: HttpRequest,
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        """Say what goes with a project: also what cannot be deleted alone. Clips protect theirs."""
        listed, counts, _refused, protected = super().get_deleted_objects(objs, request)
        return listed, counts, set(), protected

    def delete_model(self, request: HttpRequest, obj: Project) -> None:  # noqa: ARG002
        """Delete a project with its history, which nothing else may delete."""
        with purging():
            obj.delete()

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Project]) -> None:  # noqa: ARG002
        """Delete projects with their history."""
        with purging():
            queryset.delete()


@admin.register(Membership)
class MembershipAdmin(ModelAdmin):
    """All memberships, to find somebody's."""

    list_display = ["user", "project", "role"]
    list_filter = ["role", "project"]
    list_select_related = ["user", "project"]
    search_fields = ["user__username", "user__display_name", "project__slug"]
    autocomplete_fields = ["user", "project"]
