"""A new table; locks nothing that is in use, nothing to backfill."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("labels", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Effort",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("visit_id", models.UUIDField(unique=True)),
                ("actions", models.PositiveIntegerField()),
                ("active_ms", models.PositiveBigIntegerField()),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="efforts",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "label_set",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="efforts",
                        to="labels.labelset",
                    ),
                ),
            ],
            options={
                "ordering": ["label_set", "author"],
            },
        ),
    ]
