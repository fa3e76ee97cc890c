"""Projects and who works in them."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from labelapp.common.models import BaseModel


class Role(models.TextChoices):
    """What somebody is in one project; ``policies`` says what each may do."""

    LABELLER = "labeller", "Labeller"
    REVIEWER = "reviewer", "Reviewer"
    ENGINEER = "engineer", "Engineer"
    ADMIN = "admin", "Admin"


class Project(BaseModel):
    """A body of clips labelled with one ontology by one group of people."""

    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=200)
    members = models.ManyToManyField(
        settings.AUTH_USER_MODEL, through="Membership", related_name="projects"
    )

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(
                name="project_slug_is_lower_case_words",
                condition=Q(slug__regex=r"^[a-z0-9]+([-_][a-z0-9]+)*$"),
                violation_error_message="A slug is lower-case words joined by - or _.",
            ),
            models.CheckConstraint(name="project_name_is_not_empty", condition=~Q(name="")),
        ]

    def __str__(self) -> str:
        return self.name


class Membership(BaseModel):
    """One user's one role in one project."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships"
    )
    role = models.CharField(max_length=20, choices=Role)

    class Meta:
        ordering = ["project", "user"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "user"],
                name="membership_one_role_per_user_and_project",
                violation_error_message="This user is a member of the project already.",
            ),
            models.CheckConstraint(
                name="membership_role_is_known", condition=Q(role__in=[*Role.values])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} as {self.role} in {self.project_id}"


class Invitation(BaseModel):
    """A link with which one person joins a project: of its text only a digest is kept."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="invitations")
    role = models.CharField(max_length=20, choices=Role)
    #: Whom it is meant for.
    note = models.CharField(max_length=200, blank=True, default="")
    #: SHA-256 of its text: 256 random bits need no slow hash.
    digest = models.CharField(max_length=64, unique=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    used_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at", "id"]
        constraints = [
            models.CheckConstraint(
                name="invitation_role_is_known", condition=Q(role__in=[*Role.values])
            ),
            models.CheckConstraint(
                name="invitation_ends", condition=Q(expires_at__gt=F("created_at"))
            ),
            models.CheckConstraint(
                name="invitation_is_used_or_revoked",
                condition=Q(used_at__isnull=True) | Q(revoked_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"invitation to {self.project_id} as {self.role}"
