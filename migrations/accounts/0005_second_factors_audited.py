"""Second factors that are set up and given up come into the audit log.

SHARE ROW EXCLUSIVE on a table that this version has just made; no row is read.
"""

from django.db import migrations

from labelapp.audit.triggers import audited


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_api_tokens"),
        ("audit", "0002_triggers"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]

    operations = [
        audited("mfa_authenticator", "second_factor", untold=("data", "last_used_at")),
    ]
