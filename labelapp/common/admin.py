"""What the apps' pages in Django's admin share."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from labelapp.common.jobs import Job, cancel

if TYPE_CHECKING:
    # Django's stubs make it generic, Django itself does not.
    ModelAdmin = admin.ModelAdmin[Any]
else:
    ModelAdmin = admin.ModelAdmin


class ReadOnlyAdmin(ModelAdmin):
    """Shows rows that only services write: their checks and locks are not to be gone around."""

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002  the base's signature
        """Refuse."""
        return False

    def has_change_permission(
        self,
        request: HttpRequest,  # noqa: ARG002
        obj: object = None,  # noqa: ARG002
    ) -> bool:
        """Refuse."""
        return False

    def has_delete_permission(
        self,
        request: HttpRequest,  # noqa: ARG002
        obj: object = None,  # noqa: ARG002
    ) -> bool:
        """Refuse."""
        return False


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    """Shows background jobs, and cancels them."""

    list_display = ["kind", "state", "done", "total", "attempt", "worker", "message", "created_at"]
    list_filter = ["state", "kind", "queue"]
    search_fields = ["id"]
    date_hierarchy = "created_at"
    actions = ["cancel_jobs"]

    @admin.action(description="Cancel the chosen jobs", permissions=["cancel"])
    def cancel_jobs(self, request: HttpRequest, queryset: QuerySet[Job]) -> None:
        """Cancel those of the jobs that are not over."""
        cancelled = sum(cancel(job_id) for job_id in queryset.values_list("pk", flat=True))
        self.message_user(request, f"{cancelled} cancelled.")

    def has_cancel_permission(self, request: HttpRequest) -> bool:
        """Return whether somebody may cancel jobs: those who could change them."""
        return super(ReadOnlyAdmin, self).has_change_permission(request)
