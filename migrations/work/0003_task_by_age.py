"""An index for lists. Made in one go: SHARE lock, some seconds for a million rows."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("clips", "0005_clip_by_name"),
        ("labels", "0003_presence"),
        ("projects", "0001_initial"),
        ("work", "0002_task_parts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name="task",
            index=models.Index(fields=["project", "ready_since", "id"], name="task_by_age"),
        ),
    ]
