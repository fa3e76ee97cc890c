"""An index for lists. Made in one go: SHARE lock, some seconds for a million rows."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("clips", "0004_clip_uploads"),
        ("projects", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name="clip",
            index=models.Index(fields=["project", "name"], name="clip_by_name"),
        ),
    ]
