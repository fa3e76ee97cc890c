"""The audit log tells of webhooks. Locks the table for a moment."""

from django.db import migrations

from labelapp.audit.triggers import audited


class Migration(migrations.Migration):
    dependencies = [("notices", "0001_initial"), ("audit", "0002_triggers")]

    operations = [audited("notices_webhook", "webhook", project="project_id", secret=["salt"])]
