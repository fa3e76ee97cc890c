"""The triggers that write the log, and the one that keeps it as it is.

Each takes a SHARE ROW EXCLUSIVE lock on its table for a moment; no row is read or written. What
was done before is not in the log.
"""

from django.db import migrations

from labelapp.audit.triggers import audited, functions, tasks_audited


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0001_initial"),
        ("accounts", "0004_api_tokens"),
        ("projects", "0001_initial"),
        ("ontology", "0001_initial"),
        ("clips", "0002_static_cloud"),
        ("labels", "0003_presence"),
        ("work", "0001_initial"),
        ("datasets", "0002_export_spec"),
    ]

    operations = [
        functions(),
        audited("accounts_user", "user", untold=["last_login"], secret=["password"]),
        audited("accounts_apitoken", "api_token", untold=["last_used_at"], secret=["digest"]),
        audited("projects_project", "project", project="id"),
        audited("projects_membership", "membership", project="project_id"),
        audited("ontology_ontologyversion", "ontology", project="project_id", untold=["body"]),
        audited(
            "clips_clip",
            "clip",
            project="project_id",
            untold=["attributes", "origin"],
            changes=["name", "project_id"],
        ),
        audited(
            "labels_labelset",
            "label_set",
            project="clip_id",
            untold=["revision"],
            changes=["clip_id", "layer", "source", "name"],
        ),
        audited("work_workflow", "workflow", project="project_id"),
        audited("work_skill", "skill", project="project_id"),
        audited("work_qualification", "qualification", project="skill_id"),
        audited(
            "datasets_export",
            "export",
            project="project_id",
            untold=["files", "files_prefix", "has_pieces", "spec"],
        ),
        tasks_audited(),
    ]
