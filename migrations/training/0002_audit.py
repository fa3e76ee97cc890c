"""The audit log tells of gold, its settings and courses. Locks each table for a moment."""

from django.db import migrations

from labelapp.audit.triggers import audited


class Migration(migrations.Migration):
    dependencies = [("training", "0001_initial"), ("audit", "0002_triggers")]

    operations = [
        audited("training_gold", "gold", project="clip_id"),
        audited("training_goldsettings", "gold_settings", project="project_id"),
        audited("training_course", "course", project="project_id"),
    ]
