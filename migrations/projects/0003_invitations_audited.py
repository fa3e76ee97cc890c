"""The audit log tells of invitations, but not their texts. Locks the new table for a moment."""

from django.db import migrations

from labelapp.audit.triggers import audited


class Migration(migrations.Migration):
    dependencies = [("projects", "0002_invitations"), ("audit", "0002_triggers")]

    operations = [
        audited("projects_invitation", "invitation", project="project_id", secret=["digest"]),
    ]
