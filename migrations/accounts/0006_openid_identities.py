"""Whom a provider of OpenID Connect vouches for; linking comes into the audit log. No row is read."""

import django.db.models.deletion
import django.utils.timezone
import uuid
from django.conf import settings
from django.db import migrations, models

from labelapp.audit.triggers import audited


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_second_factors_audited"),
        ("audit", "0002_triggers"),
    ]

    operations = [
        migrations.CreateModel(
            name="OidcIdentity",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("issuer", models.CharField(max_length=500)),
                ("subject", models.CharField(max_length=255)),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="oidc_identities",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "OpenID identity",
                "verbose_name_plural": "OpenID identities",
                "ordering": ["issuer", "subject"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("issuer", "subject"), name="oidc_identity_is_one_persons"
                    ),
                    models.UniqueConstraint(
                        fields=("user", "issuer"), name="oidc_identity_one_a_provider"
                    ),
                ],
            },
        ),
        audited("accounts_oidcidentity", "openid_identity"),
    ]
